/**
 * Strict reading of dataset rows (supervised, preference, reinforcement) from JSONL, with descriptions of faults. Needs
 * no model.
 *
 * <p>{@code DatasetFile} splits a file into lines, {@code RowParser} parses each into a row or refuses it with its
 * position. Validation, token counts, training and evaluations all read rows this way.
 */
@NamedInterface
package dev.anneal.engine.text.rows;

import org.springframework.modulith.NamedInterface;
