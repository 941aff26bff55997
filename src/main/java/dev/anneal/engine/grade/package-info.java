/**
 * Graders of reinforcement learning: score a completion by OpenAI's grader objects, parsed strictly. No tensors, no
 * network: models and endpoints are called through interfaces.
 */
@ApplicationModule(allowedDependencies = {})
package dev.anneal.engine.grade;

import org.springframework.modulith.ApplicationModule;
