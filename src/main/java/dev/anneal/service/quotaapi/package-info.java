/** Quotas over HTTP: what a tenant may use and uses, and what administrators allow it. */
@ApplicationModule(allowedDependencies = {"platform :: database", "platform :: request", "quota", "tenant"})
@NullMarked
package dev.anneal.service.quotaapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
