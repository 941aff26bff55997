/** The training loop: batches in, adapter and progress out; optimizer, schedules, checkpoints. */
@ApplicationModule(allowedDependencies = {"format :: *", "grade", "math :: *", "network :: *", "text :: *"})
package dev.anneal.engine.train;

import org.springframework.modulith.ApplicationModule;
