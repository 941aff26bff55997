/** What a client may ask of a training: strict reading of requests, defaults, and the number chosen for each {@code auto}. No database. */
@NamedInterface
@NullMarked
package dev.anneal.service.training.settings;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
