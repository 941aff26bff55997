/** Rows as tensors will see them: tokens, label masks, truncation, the order of batches. */
@NamedInterface
@NullMarked
package dev.anneal.engine.text.data;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
