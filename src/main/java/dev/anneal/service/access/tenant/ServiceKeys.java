package dev.anneal.service.access.tenant;

import dev.anneal.service.platform.database.SystemDatabase;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Keys with which one process of the installation asks another one to generate for a tenant: created in their common
 * database, for one tenant, with only the scope {@link Scope#INFERENCE}, for an hour. Tenants that use tokens or have
 * no row get keys as well, as do archived ones, whose queued work continues.
 */
@Component
public final class ServiceKeys {

    static final Duration LIFETIME = Duration.ofHours(1);

    /** A returned key remains valid for longer than any generation. */
    private static final Duration RENEWED_BEFORE = LIFETIME.dividedBy(2);

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Made> madeByTenant = new ConcurrentHashMap<>();

    ServiceKeys(JdbcClient jdbc, SystemDatabase database, Clock clock) {
        this.jdbc = jdbc;
        this.database = database;
        this.clock = clock;
    }

    /** A key created by this process. */
    private record Made(String key, Instant expiresAt) {}

    /** A key of the tenant that is valid for at least half an hour. */
    public String of(String tenantId) {
        Instant now = clock.instant();
        Made made = madeByTenant.get(tenantId);
        if (made == null || made.expiresAt.isBefore(now.plus(RENEWED_BEFORE))) {
            made = make(tenantId, now);
            madeByTenant.values().removeIf(old -> old.expiresAt.isBefore(now));
            madeByTenant.put(tenantId, made);
        }
        return made.key;
    }

    /** Discards a key of {@link #of} that another process refused; the next call creates a new one. */
    public void refused(String tenantId, String key) {
        madeByTenant.computeIfPresent(tenantId, (tenant, made) -> made.key.equals(key) ? null : made);
    }

    private Made make(String tenantId, Instant now) {
        Made made = new Made(KeyText.random(KeyText.SERVICE, random), now.plus(LIFETIME));
        database.run(() -> {
            jdbc.sql("DELETE FROM service_key WHERE expires_at < ?")
                    .param(Timestamp.from(now))
                    .update();
            jdbc.sql("INSERT INTO service_key (hash, tenant_id, expires_at) VALUES (?, ?, ?)")
                    .params(ApiKey.hashOf(made.key), tenantId, Timestamp.from(made.expiresAt))
                    .update();
        });
        return made;
    }
}
