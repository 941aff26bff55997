/** Grading on the service's side: the models and endpoints that graders ask. */
@ApplicationModule(
        allowedDependencies = {"inference", "platform :: outbound", "platform :: refusal", "platform :: secret"})
@NullMarked
package dev.anneal.service.grader;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
