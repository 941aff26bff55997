/** The queue in Postgres: states of work, fair claim, leases with fencing tokens, retries, rescue. */
@ApplicationModule(allowedDependencies = {"database"})
@NullMarked
package dev.anneal.service.queue;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
