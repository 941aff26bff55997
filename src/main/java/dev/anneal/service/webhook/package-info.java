/**
 * Tells tenants how their jobs end, by webhooks. The transaction that ends a job leaves a delivery for each endpoint (the triggers of migration
 * V25), and the scheduler's task makes the tries: at least one of them arrives for as long as an endpoint answers within a few days.
 */
@ApplicationModule(
        allowedDependencies = {
            "platform :: database",
            "platform :: outbound",
            "platform :: paging",
            "platform :: refusal",
            "platform :: role",
            "platform :: schedule",
            "platform :: secret"
        })
@NullMarked
package dev.anneal.service.webhook;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
