/** Access to the HTTP API: authentication, scopes, rate limits, quotas, the audit log and administration. */
@ApplicationModule(allowedDependencies = {"platform :: *", "storage", "storage :: *"})
package dev.anneal.service.access;

import org.springframework.modulith.ApplicationModule;
