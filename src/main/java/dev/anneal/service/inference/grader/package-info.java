/** Models and endpoints that graders call. */
@NamedInterface
package dev.anneal.service.inference.grader;

import org.springframework.modulith.NamedInterface;
