/** Checks of the configuration before a process starts, messages for failed starts, and the report after a start. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.startup;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
