/** Tenants and their API keys. */
@ApplicationModule(allowedDependencies = {"database"})
@NullMarked
package dev.anneal.service.tenant;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
