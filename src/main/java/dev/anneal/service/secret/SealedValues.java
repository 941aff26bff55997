package dev.anneal.service.secret;

import dev.anneal.service.database.Identifiers;
import dev.anneal.service.database.SystemDatabase;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Secrets within stored documents. Each is kept in a row of its own, and the document holds the row's id, which is no secret. */
public final class SealedValues {

    static final SealedColumn COLUMN = new SealedColumn("sealed_value", "id", "sealed");

    private final SystemDatabase database;
    private final Secrets secrets;
    private final Identifiers identifiers;

    SealedValues(SystemDatabase database, Secrets secrets, Identifiers identifiers) {
        this.database = database;
        this.secrets = secrets;
        this.identifiers = identifiers;
    }

    /**
     * Keeps a secret for as long as the work is kept that needs it.
     *
     * @param jdbc a transaction of the tenant
     * @return what stands for it in the document
     * @throws dev.anneal.service.refusal.Refusal {@code secrets_not_configured}
     */
    public String keep(JdbcClient jdbc, String tenantId, long workId, String secret) {
        String id = identifiers.next("sealed_");
        jdbc.sql("INSERT INTO sealed_value (id, tenant_id, work_id, sealed) VALUES (?, ?, ?, ?)")
                .params(id, tenantId, workId, secrets.seal(COLUMN, id, secret).stored())
                .update();
        return id;
    }

    /**
     * The secrets that stand behind the values of a map.
     *
     * @throws IllegalStateException if one is not the tenant's, or its key is not configured
     */
    public Map<String, String> open(String tenantId, Map<String, String> ids) {
        Map<String, String> opened = new LinkedHashMap<>();
        if (!ids.isEmpty()) {
            database.run(jdbc -> ids.forEach((name, id) -> opened.put(name, open(jdbc, tenantId, id))));
        }
        return opened;
    }

    private String open(JdbcClient jdbc, String tenantId, String id) {
        String sealed = jdbc.sql("SELECT sealed FROM sealed_value WHERE id = ? AND tenant_id = ?")
                .params(id, tenantId)
                .query(String.class)
                .optional()
                .orElseThrow(() -> new IllegalStateException("tenant " + tenantId + " has no sealed value " + id));
        return secrets.open(COLUMN, id, SealedText.parse(sealed));
    }
}
