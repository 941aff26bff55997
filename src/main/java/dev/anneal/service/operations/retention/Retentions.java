package dev.anneal.service.operations.retention;

import dev.anneal.service.platform.database.SystemDatabase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How long the artifacts of each tenant are kept. */
public final class Retentions {

    private static final String FIND =
            "SELECT intermediate_checkpoints_days, exports_days FROM tenant_retention WHERE tenant_id = :tenant";

    private static final String SAVE = """
            INSERT INTO tenant_retention (tenant_id, intermediate_checkpoints_days, exports_days)
            VALUES (:tenant, :checkpoints, :exports)
            ON CONFLICT (tenant_id) DO UPDATE
            SET intermediate_checkpoints_days = excluded.intermediate_checkpoints_days, exports_days = excluded.exports_days
            """;

    private final SystemDatabase system;
    private final Retention defaults;

    Retentions(SystemDatabase system, Retention defaults) {
        this.system = system;
        this.defaults = defaults;
    }

    /** What applies to the tenant: what was saved for it alone, and the settings where nothing was. */
    public Retention of(String tenantId) {
        return system.call(jdbc -> own(jdbc, tenantId)).or(defaults);
    }

    private static Retention own(JdbcClient jdbc, String tenantId) {
        return jdbc.sql(FIND)
                .param("tenant", tenantId)
                .query((row, number) -> new Retention(
                        row.getObject("intermediate_checkpoints_days", Integer.class),
                        row.getObject("exports_days", Integer.class)))
                .optional()
                .orElse(Retention.NONE);
    }

    /** Replaces what was saved for the tenant alone; it holds from the next sweep on. */
    public void save(String tenantId, Retention retention) {
        system.run(jdbc -> jdbc.sql(SAVE)
                .param("tenant", tenantId)
                .param("checkpoints", retention.intermediateCheckpoints())
                .param("exports", retention.exports())
                .update());
    }
}
