/** The audit log: who has changed what, and who was refused, kept in a table to which the service can only add. */
@ApplicationModule(
        allowedDependencies = {
            "platform :: database",
            "platform :: paging",
            "platform :: refusal",
            "platform :: role",
            "tenant"
        })
@NullMarked
package dev.anneal.service.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
