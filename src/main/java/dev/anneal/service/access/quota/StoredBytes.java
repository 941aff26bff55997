package dev.anneal.service.access.quota;

/**
 * What a tenant has stored of one kind. Districts that store something have a bean of this type for each kind.
 *
 * @param query sums bytes by {@code :tenant}
 */
public record StoredBytes(String query) {}
