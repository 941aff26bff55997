/** Access to the HTTP API: authentication, scopes, rate limits, quotas, the audit log and administration. */
@ApplicationModule(allowedDependencies = {"platform :: *", "storage", "storage :: *"})
@NullMarked
package dev.anneal.service.access;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
