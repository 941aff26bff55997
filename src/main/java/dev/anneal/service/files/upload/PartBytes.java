package dev.anneal.service.files.upload;

import dev.anneal.service.access.quota.StoredBytes;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Bytes of the parts of a tenant's uploads. */
@Component
final class PartBytes implements StoredBytes {

    private static final String SUM = "SELECT coalesce(sum(bytes), 0) FROM upload_part WHERE tenant_id = :tenant";

    @Override
    public long of(JdbcClient transaction, String tenantId) {
        return transaction.sql(SUM).param("tenant", tenantId).query(Long.class).single();
    }
}
