/** What workers say of themselves: what they have measured of their machines, and how many trainings they can do at a time. */
@ApplicationModule(allowedDependencies = {"database"})
@NullMarked
package dev.anneal.service.machine;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
