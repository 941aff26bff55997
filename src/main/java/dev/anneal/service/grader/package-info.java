/** Grading on the service's side: what graders ask over HTTP, and how a grader that cannot be used is refused. */
@ApplicationModule(allowedDependencies = {"refusal"})
@NullMarked
package dev.anneal.service.grader;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
