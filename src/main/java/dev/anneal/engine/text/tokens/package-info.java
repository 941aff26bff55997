/**
 * The tokenizer and chat templates of a model: the same ids as transformers, and special tokens that no user's text can
 * produce.
 */
@NamedInterface
package dev.anneal.engine.text.tokens;

import org.springframework.modulith.NamedInterface;
