package dev.anneal.service.tenant;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may use the service.
 *
 * @param apiKeys entries {@code tenant:key}; without any, only loopback is served and everything belongs to the tenant {@code default}
 */
@ConfigurationProperties("anneal")
public record TenantProperties(@DefaultValue List<String> apiKeys) {

    public TenantProperties {
        apiKeys = List.copyOf(apiKeys);
    }

    /** Whether requests must carry a key. */
    public boolean keysRequired() {
        return !apiKeys.isEmpty();
    }

    /** Keeps the keys out of logs. */
    @Override
    public String toString() {
        return "TenantProperties[apiKeys=" + apiKeys.size() + "]";
    }
}
