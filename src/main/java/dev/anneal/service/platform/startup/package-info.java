/** What is checked of the configuration before a process starts, how it says why it does not start, and what it says when it has started. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.startup;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
