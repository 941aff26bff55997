/** Graders over HTTP: tried on a completion, and checked, as OpenAI's {@code /v1/fine_tuning/alpha/graders}. */
@ApplicationModule(allowedDependencies = {"access :: tenant", "grader", "platform :: refusal", "platform :: request"})
@NullMarked
package dev.anneal.service.graderapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
