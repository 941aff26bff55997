package dev.anneal.service.tenant;

import dev.anneal.service.database.SystemDatabase;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Whose key is it? The database holds hashes; the configured keys are entered at the start, and those no longer configured removed. */
@Component
public final class ApiKeys {

    /** Name of the keys that come from {@code anneal.api-keys}. */
    private static final String CONFIGURED = "configured";

    private final SystemDatabase database;
    private final List<ApiKey> configured;
    private final Clock clock;

    ApiKeys(SystemDatabase database, TenantProperties properties, Clock clock) {
        this.database = database;
        this.configured = properties.apiKeys().stream().map(ApiKey::parse).toList();
        this.clock = clock;
        enter();
    }

    /** Whether requests must carry a key. */
    public boolean required() {
        return !configured.isEmpty();
    }

    /**
     * The tenant that {@code key} belongs to. The look-up is by hash: how long it takes says something about the hash of what was sent,
     * which an attacker knows, and nothing about any key.
     */
    public Optional<Tenant> tenantOf(String key) {
        String hash = ApiKey.hashOf(key);
        return database.call(jdbc -> jdbc.sql("SELECT tenant_id FROM api_key WHERE hash = ?")
                .param(hash)
                .query((row, number) -> new Tenant(row.getString(1)))
                .optional());
    }

    /** Makes the database agree with the configuration. */
    void enter() {
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        database.run(jdbc -> {
            enterTenant(jdbc, Tenant.DEFAULT, now);
            configured.forEach(key -> enterKey(jdbc, key, now));
            List<String> hashes = configured.stream().map(ApiKey::hash).toList();
            jdbc.sql("DELETE FROM api_key WHERE name = ? AND NOT (hash = ANY (?))")
                    .params(CONFIGURED, hashes.toArray(new String[0]))
                    .update();
        });
    }

    private static void enterTenant(JdbcClient jdbc, Tenant tenant, OffsetDateTime now) {
        jdbc.sql("INSERT INTO tenant (id, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING")
                .params(tenant.id(), now)
                .update();
    }

    private static void enterKey(JdbcClient jdbc, ApiKey key, OffsetDateTime now) {
        enterTenant(jdbc, key.tenant(), now);
        jdbc.sql("INSERT INTO api_key (hash, tenant_id, name, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
                .params(key.hash(), key.tenant().id(), CONFIGURED, now)
                .update();
    }
}
