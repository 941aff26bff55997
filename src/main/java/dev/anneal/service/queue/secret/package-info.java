/** Secrets that work needs, sealed in rows of their own until it has ended. */
@NamedInterface
@NullMarked
package dev.anneal.service.queue.secret;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
