/**
 * Rows of datasets, supervised, preference and reinforcement: JSONL read strictly, and what is wrong with a line. Needs no model.
 *
 * <p>A row has one path: {@code DatasetFile} splits a file into lines, {@code RowParser} makes a row of each or refuses it with its place. The validator of uploads, the
 * encoder that counts tokens and trains, and evaluations all read rows there.
 */
@NamedInterface
@NullMarked
package dev.anneal.engine.text.rows;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
