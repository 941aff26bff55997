/** The safetensors file format: a mapped reader with bounds checks, a writer, and sharded directories. No tensors. */
@NamedInterface
@NullMarked
package dev.anneal.engine.format.safetensors;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
