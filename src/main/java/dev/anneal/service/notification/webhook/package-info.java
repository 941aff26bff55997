/**
 * Tells tenants how their jobs end, by webhooks. The transaction that ends a job leaves a delivery for each endpoint (the triggers of the migration
 * {@code V9__notification.sql}), and the scheduler's task makes the tries: at least one of them arrives for as long as an endpoint answers within a few
 * days.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.notification.webhook;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
