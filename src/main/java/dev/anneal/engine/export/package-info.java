/** Deployable weights from a checkpoint, with the proof that they are the trained model. */
@ApplicationModule(allowedDependencies = {"format :: *", "math :: *", "network :: *", "text :: *"})
package dev.anneal.engine.export;

import org.springframework.modulith.ApplicationModule;
