/** Models and endpoints that graders call. */
@NamedInterface
@NullMarked
package dev.anneal.service.inference.grader;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
