/** Quotas over HTTP: what a tenant may use and uses, and what administrators allow it. */
@ApplicationModule(allowedDependencies = {"database", "quota", "request", "tenant"})
@NullMarked
package dev.anneal.service.quotaapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
