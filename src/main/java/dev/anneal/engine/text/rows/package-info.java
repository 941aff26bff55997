/** Rows of datasets, supervised, preference and reinforcement: JSONL read strictly, validation, and what is wrong with a line. Needs no model. */
@NamedInterface
@NullMarked
package dev.anneal.engine.text.rows;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
