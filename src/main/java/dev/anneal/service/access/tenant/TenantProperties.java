package dev.anneal.service.access.tenant;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Keys of tenants and administrators.
 *
 * @param apiKeys entries {@code tenant:key}; if neither these nor administrators' keys nor token issuers are
 *     configured, the service listens only on loopback and everything belongs to the tenant {@code default}
 * @param adminKeys keys that may manage projects and their keys and pull base models, and nothing else
 */
@ConfigurationProperties("anneal")
public record TenantProperties(
        @DefaultValue List<String> apiKeys, @DefaultValue List<String> adminKeys) {

    public TenantProperties {
        apiKeys = List.copyOf(apiKeys);
        adminKeys = List.copyOf(adminKeys);
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "TenantProperties[apiKeys=" + apiKeys.size() + ", adminKeys=" + adminKeys.size() + "]";
    }
}
