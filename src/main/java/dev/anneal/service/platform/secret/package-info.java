/** Secrets of clients that the service must read again. They are sealed before they are stored, by keys that are not in the database. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.secret;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
