/** Deployable weights from a checkpoint, with the proof that they are the trained model. */
@ApplicationModule(allowedDependencies = {"format :: *", "math :: *", "network :: *", "text :: *"})
@NullMarked
package dev.anneal.engine.export;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
