package dev.anneal.service.access.quota;

import org.springframework.jdbc.core.simple.JdbcClient;

/** What a tenant has stored of one kind. Districts that store something have a bean of this type for each kind. */
@FunctionalInterface
public interface StoredBytes {

    /** @param transaction of the tenant or of the system */
    long of(JdbcClient transaction, String tenantId);

    /** @param query sums bytes by {@code :tenant} */
    static StoredBytes summedBy(String query) {
        return (transaction, tenantId) -> transaction
                .sql(query)
                .param("tenant", tenantId)
                .query(Long.class)
                .single();
    }
}
