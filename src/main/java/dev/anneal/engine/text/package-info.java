/** Turns dataset rows into tokens: row parsing, chat templates, the tokenizer, label masks, and batches. */
@ApplicationModule(allowedDependencies = {"format :: *", "math :: *"})
package dev.anneal.engine.text;

import org.springframework.modulith.ApplicationModule;
