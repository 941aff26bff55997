package dev.anneal.service.access.quota;

/**
 * Size of a tenant's stored objects of one kind. Districts declare a bean of this type for each kind that they store.
 *
 * @param query sums bytes by {@code :tenant}
 */
public record StoredBytes(String query) {}
