/** Base models: what is allowed, where it lies on this host, its tokenizer and configuration. */
@NamedInterface
@NullMarked
package dev.anneal.service.models.catalog;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
