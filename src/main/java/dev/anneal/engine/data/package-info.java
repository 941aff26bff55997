/** Rows as tensors will see them: tokens, label masks, truncation, the order of batches. */
@ApplicationModule(allowedDependencies = {"math :: random", "rows", "template", "tokens"})
@NullMarked
package dev.anneal.engine.data;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
