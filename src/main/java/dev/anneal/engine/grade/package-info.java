/**
 * Graders of reinforcement learning: score a completion by OpenAI's grader objects, parsed strictly. No tensors, no
 * network: models and endpoints are called through interfaces.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.engine.grade;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
