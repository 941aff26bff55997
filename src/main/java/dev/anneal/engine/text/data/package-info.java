/**
 * Rows as tokens with labels: encoding, truncation, packing, and the order of batches. {@code ChatEncoder} both counts
 * the tokens of a file and encodes it for training; {@code RowEncoder} encodes one conversation.
 */
@NamedInterface
package dev.anneal.engine.text.data;

import org.springframework.modulith.NamedInterface;
