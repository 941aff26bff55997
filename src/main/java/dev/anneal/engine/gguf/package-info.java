/** The GGUF file format of llama.cpp: its element types, a writer that holds a few rows at a time, and a reader of tensors. Knows no models. */
@ApplicationModule(allowedDependencies = {"math :: number"})
@NullMarked
package dev.anneal.engine.gguf;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
