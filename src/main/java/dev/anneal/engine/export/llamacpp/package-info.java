/** How llama.cpp keeps a model: its names of architectures, tensors and tokenizers. */
@NullMarked
package dev.anneal.engine.export.llamacpp;

import org.jspecify.annotations.NullMarked;
