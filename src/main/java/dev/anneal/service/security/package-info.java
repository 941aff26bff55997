/** Who may ask: API keys, the loopback rule of an installation without keys, and the rules of each path. */
@ApplicationModule(allowedDependencies = {"ratelimit", "refusal", "tenant", "web"})
@NullMarked
package dev.anneal.service.security;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
