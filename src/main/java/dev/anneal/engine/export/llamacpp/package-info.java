/** llama.cpp's representation of models: architectures, tensors and tokenizers. */
@NullMarked
package dev.anneal.engine.export.llamacpp;

import org.jspecify.annotations.NullMarked;
