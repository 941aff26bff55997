package dev.anneal.service.files;

import dev.anneal.service.access.quota.StoredBytes;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Bytes of a tenant's files. */
@Component
final class StoredFileBytes implements StoredBytes {

    private static final String SUM =
            "SELECT coalesce(sum(bytes), 0) FROM file WHERE content = 'STORED' AND tenant_id = :tenant";

    @Override
    public long of(JdbcClient transaction, String tenantId) {
        return transaction.sql(SUM).param("tenant", tenantId).query(Long.class).single();
    }
}
