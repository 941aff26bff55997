package dev.anneal.service.tenant;

import dev.anneal.service.database.SystemDatabase;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Whose key is it? The configured keys are this process's own, kept in its memory, so that processes which are configured otherwise, as
 * while an installation is being changed, do not take each other's away. The table {@code api_key} holds those that were entered there.
 */
@Component
public final class ApiKeys {

    private final SystemDatabase database;
    private final Map<String, Tenant> configured;

    ApiKeys(SystemDatabase database, TenantProperties properties) {
        this.database = database;
        this.configured = properties.apiKeys().stream()
                .map(ApiKey::parse)
                .collect(Collectors.toUnmodifiableMap(ApiKey::hash, ApiKey::tenant, ApiKeys::sameTenant));
    }

    private static Tenant sameTenant(Tenant one, Tenant other) {
        if (!one.equals(other)) {
            throw new IllegalArgumentException("a key in anneal.api-keys belongs to one tenant, but one is given to '"
                    + one.id() + "' and '" + other.id() + "'");
        }
        return one;
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
        return Optional.ofNullable(configured.get(hash)).or(() -> entered(hash));
    }

    private Optional<Tenant> entered(String hash) {
        return database.call(jdbc -> jdbc.sql("SELECT tenant_id FROM api_key WHERE hash = ?")
                .param(hash)
                .query((row, number) -> new Tenant(row.getString(1)))
                .optional());
    }
}
