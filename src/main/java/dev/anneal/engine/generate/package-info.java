/** Decoding with a key-value cache: greedy or sampled, several sequences at one time. */
@ApplicationModule(allowedDependencies = {"architecture", "model", "random", "torch"})
@NullMarked
package dev.anneal.engine.generate;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
