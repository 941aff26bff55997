/** The tokenizer and chat templates of a model: ids as transformers makes them, special tokens that no user's text can spell. */
@ApplicationModule(allowedDependencies = {"format :: json", "rows", "template"})
@NullMarked
package dev.anneal.engine.tokens;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
