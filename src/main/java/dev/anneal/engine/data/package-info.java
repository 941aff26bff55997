/** Chat rows: JSONL, validation, tokens, label masks, truncation, batches. */
@ApplicationModule(allowedDependencies = {"random", "template"})
@NullMarked
package dev.anneal.engine.data;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
