/** Encrypted secrets of work, kept until it has ended. */
@NamedInterface
@NullMarked
package dev.anneal.service.queue.secret;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
