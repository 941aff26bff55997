/** Encrypted secrets of work, kept until it has ended. */
@NamedInterface
package dev.anneal.service.queue.secret;

import org.springframework.modulith.NamedInterface;
