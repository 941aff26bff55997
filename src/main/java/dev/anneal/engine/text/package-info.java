/** Turns dataset rows into tokens: row parsing, chat templates, the tokenizer, label masks, and batches. */
@ApplicationModule(allowedDependencies = {"format :: *", "math :: *"})
@NullMarked
package dev.anneal.engine.text;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
