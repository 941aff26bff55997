/** Grading on the service's side: the models and endpoints that graders ask. */
@NamedInterface
@NullMarked
package dev.anneal.service.inference.grader;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
