/** Rows of datasets, supervised, preference and reinforcement: JSONL read strictly, validation, and what is wrong with a line. Needs no model. */
@ApplicationModule(allowedDependencies = {"format :: json", "spelling"})
@NullMarked
package dev.anneal.engine.rows;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
