/** The tokenizer and chat templates of a model: ids as transformers makes them, special tokens that no user's text can spell. */
@NamedInterface
@NullMarked
package dev.anneal.engine.text.tokens;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
