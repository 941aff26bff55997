package dev.anneal.service.training.sharing;

import java.time.Instant;

/**
 * That a tenant may use a model of another.
 *
 * @param projectId the tenant that may
 */
public record Permission(String id, Instant createdAt, String projectId) {}
