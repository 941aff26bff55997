/** What is checked of the configuration before a process starts, and how it says why it does not start. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.startup;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
