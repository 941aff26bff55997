/** Checks of the configuration before a process starts, messages for failed starts, and the report after a start. */
@NamedInterface
package dev.anneal.service.platform.startup;

import org.springframework.modulith.NamedInterface;
