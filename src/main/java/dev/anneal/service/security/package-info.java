/** Who may ask: API keys, tokens of OpenID Connect issuers, the scope that each route requires, and the loopback rule of an installation without any of these. */
@ApplicationModule(
        allowedDependencies = {
            "audit",
            "platform :: database",
            "platform :: outbound",
            "platform :: refusal",
            "ratelimit",
            "tenant",
            "web"
        })
@NullMarked
package dev.anneal.service.security;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
