package dev.anneal.service.access.audit;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Retention of the audit log.
 *
 * @param retention how long entries are kept; at least 30 days, during which the database refuses their deletion
 */
@ConfigurationProperties("anneal.audit")
record AuditProperties(@DefaultValue("365d") Duration retention) {

    AuditProperties {
        if (retention.compareTo(Duration.ofDays(30)) < 0) {
            throw new IllegalArgumentException("anneal.audit.retention must be at least 30d but is " + retention);
        }
    }
}
