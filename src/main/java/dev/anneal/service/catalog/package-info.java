/** Base models: what is allowed, where it lies on this host, its tokenizer and configuration. */
@ApplicationModule(allowedDependencies = {"platform :: refusal"})
@NullMarked
package dev.anneal.service.catalog;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
