/**
 * Webhooks that tell tenants how their jobs end. In the transaction that ends a job, triggers
 * ({@code V9__notification.sql}) add a delivery for each endpoint, which scheduled tasks then attempt: each event
 * arrives at least once if the endpoint answers within a few days.
 */
@NamedInterface
package dev.anneal.service.notification.webhook;

import org.springframework.modulith.NamedInterface;
