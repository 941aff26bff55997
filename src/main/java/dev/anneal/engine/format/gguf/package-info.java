/**
 * The GGUF file format of llama.cpp: its element types, a writer that needs only a few rows in memory, and a reader of
 * tensors. Independent of models.
 */
@NamedInterface
@NullMarked
package dev.anneal.engine.format.gguf;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
