/**
 * Graders of reinforcement learning: what a completion is worth, read strictly from OpenAI's grader objects. No tensors, no network: models and
 * endpoints are asked through interfaces.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.engine.grade;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
