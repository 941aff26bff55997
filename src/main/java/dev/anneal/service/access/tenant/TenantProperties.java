package dev.anneal.service.access.tenant;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may use the service.
 *
 * @param apiKeys entries {@code tenant:key}; where neither these nor administrators' keys nor issuers of tokens are configured, only
 *     loopback is served and everything belongs to the tenant {@code default}
 * @param adminKeys keys that manage projects, their keys and base models, and nothing else
 */
@ConfigurationProperties("anneal")
public record TenantProperties(
        @DefaultValue List<String> apiKeys, @DefaultValue List<String> adminKeys) {

    public TenantProperties {
        apiKeys = List.copyOf(apiKeys);
        adminKeys = List.copyOf(adminKeys);
    }

    /** Keeps the keys out of logs. */
    @Override
    public String toString() {
        return "TenantProperties[apiKeys=" + apiKeys.size() + ", adminKeys=" + adminKeys.size() + "]";
    }
}
