/** Decoding with a key-value cache. */
@ApplicationModule(allowedDependencies = {"architecture", "model", "torch"})
@NullMarked
package dev.anneal.engine.generate;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
