/** Names of all meters, and counters by the constants of an enum. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.meter;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
