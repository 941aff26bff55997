/** Checks of the configuration before a process starts, the reason that it logs if it does not start, and the report that it logs when it has started. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.startup;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
