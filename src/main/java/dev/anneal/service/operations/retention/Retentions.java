package dev.anneal.service.operations.retention;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Retention of each tenant. */
@Component
@ConditionalOnRole(Role.API)
public final class Retentions {

    private static final String FIND = """
            SELECT intermediate_checkpoints_days, exports_days
            FROM tenant_retention
            WHERE tenant_id = :tenant
            """;

    private static final String SAVE = """
            INSERT INTO tenant_retention (tenant_id, intermediate_checkpoints_days, exports_days)
            VALUES (:tenant, :checkpoints, :exports)
            ON CONFLICT (tenant_id) DO UPDATE
            SET intermediate_checkpoints_days = excluded.intermediate_checkpoints_days,
                exports_days = excluded.exports_days
            """;

    private final JdbcClient jdbc;
    private final SystemDatabase system;
    private final Retention defaults;

    Retentions(JdbcClient jdbc, SystemDatabase system, RetentionProperties properties) {
        this.jdbc = jdbc;
        this.system = system;
        this.defaults = properties.retention();
    }

    /** The tenant's effective retention: its own values, and the settings' defaults for the rest. */
    public Retention of(String tenantId) {
        return system.call(() -> own(tenantId)).or(defaults);
    }

    private Retention own(String tenantId) {
        return jdbc.sql(FIND)
                .param("tenant", tenantId)
                .query(Retention.class)
                .optional()
                .orElse(Retention.NONE);
    }

    /** Replaces the tenant's own retention, from the next sweep on. */
    public void save(String tenantId, Retention retention) {
        system.run(() -> jdbc.sql(SAVE)
                .param("tenant", tenantId)
                .param("checkpoints", retention.intermediateCheckpointsDays())
                .param("exports", retention.exportsDays())
                .update());
    }
}
