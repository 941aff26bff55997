/** What a client may ask of a training: strict reading of requests, defaults, and what each {@code auto} becomes. Knows no database. */
@NamedInterface
@NullMarked
package dev.anneal.service.training.settings;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
