/** The safetensors file format: a mapped reader with bounds checks, a writer, and sharded directories. No tensors. */
@NamedInterface
package dev.anneal.engine.format.safetensors;

import org.springframework.modulith.NamedInterface;
