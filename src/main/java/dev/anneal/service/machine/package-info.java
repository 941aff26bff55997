/** What workers have measured of their machines. */
@ApplicationModule(allowedDependencies = {"platform :: database"})
@NullMarked
package dev.anneal.service.machine;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
