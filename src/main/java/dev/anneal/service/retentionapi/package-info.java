/** Retention over HTTP: how long a tenant's artifacts are kept, and what administrators decide of it. */
@ApplicationModule(allowedDependencies = {"access :: tenant", "platform :: request", "platform :: role", "retention"})
@NullMarked
package dev.anneal.service.retentionapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
