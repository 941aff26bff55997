/** The audit log: who has changed what, and who was refused, kept in a table to which the service can only add. */
@ApplicationModule(allowedDependencies = {"database", "paging", "refusal", "role", "tenant"})
@NullMarked
package dev.anneal.service.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
