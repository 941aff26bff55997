package dev.anneal.service.tenant;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Whose key is it? */
@Component
public final class ApiKeys {

    private final Map<String, Tenant> tenantsByHash = new LinkedHashMap<>();

    ApiKeys(TenantProperties properties) {
        properties.apiKeys().stream().map(ApiKey::parse).forEach(key -> tenantsByHash.put(key.hash(), key.tenant()));
    }

    /** Whether requests must carry a key. */
    public boolean required() {
        return !tenantsByHash.isEmpty();
    }

    /**
     * The tenant that {@code key} belongs to. The look-up is by hash: how long it takes says something about the hash of what was sent,
     * which an attacker knows, and nothing about any key.
     */
    public Optional<Tenant> tenantOf(String key) {
        return Optional.ofNullable(tenantsByHash.get(ApiKey.hashOf(key)));
    }
}
