/** Names of all meters, and counters by the constants of an enum. */
@NamedInterface
package dev.anneal.service.platform.meter;

import org.springframework.modulith.NamedInterface;
