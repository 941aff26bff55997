/** Decoding with a key-value cache: greedy or sampled, several sequences at one time. */
@ApplicationModule(allowedDependencies = {"architecture", "math :: random", "model", "torch"})
@NullMarked
package dev.anneal.engine.generate;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
