/**
 * Rows as tensors will see them: tokens, labels, truncation, the order of batches. Counting the tokens of a file and training on it are the same pass of
 * {@code ChatEncoder} over its rows; {@code RowEncoder} makes tokens and labels of one conversation.
 */
@NamedInterface
@NullMarked
package dev.anneal.engine.text.data;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
