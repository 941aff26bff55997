/** Who may do what: tenants, which administrators see as projects, their API keys, scopes, and the principal of a request. */
@ApplicationModule(allowedDependencies = {"platform :: database", "platform :: paging", "platform :: refusal"})
@NullMarked
package dev.anneal.service.tenant;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
