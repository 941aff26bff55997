/** The GGUF file format of llama.cpp: its element types, a writer that holds a few rows at a time, and a reader of tensors. Knows no models. */
@NamedInterface
@NullMarked
package dev.anneal.engine.format.gguf;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
