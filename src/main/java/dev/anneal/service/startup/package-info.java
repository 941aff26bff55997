/** What is checked of the configuration before a process starts, and how it says why it does not start. */
@ApplicationModule(allowedDependencies = "role")
@NullMarked
package dev.anneal.service.startup;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
