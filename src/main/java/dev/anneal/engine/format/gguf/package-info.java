/**
 * The GGUF file format of llama.cpp: its element types, a writer that needs only a few rows in memory, and a reader of
 * tensors. Independent of models.
 */
@NamedInterface
package dev.anneal.engine.format.gguf;

import org.springframework.modulith.NamedInterface;
