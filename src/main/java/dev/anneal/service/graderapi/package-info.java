/** Graders over HTTP: tried on a completion, and checked, as OpenAI's {@code /v1/fine_tuning/alpha/graders}. */
@ApplicationModule(allowedDependencies = {"grader", "platform :: refusal", "platform :: request", "tenant"})
@NullMarked
package dev.anneal.service.graderapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
