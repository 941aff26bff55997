/** The training loop: batches in, adapter and progress out; optimizer, schedules, checkpoints. */
@ApplicationModule(allowedDependencies = {"format :: *", "grade", "math :: *", "network :: *", "text :: *"})
@NullMarked
package dev.anneal.engine.train;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
