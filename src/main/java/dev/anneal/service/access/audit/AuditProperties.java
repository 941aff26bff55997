package dev.anneal.service.access.audit;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long the audit log is kept.
 *
 * @param retention after this long an entry is forgotten; 30 days at least, within which the database deletes nothing
 */
@ConfigurationProperties("anneal.audit")
record AuditProperties(@DefaultValue("365d") Duration retention) {

    AuditProperties {
        if (retention.compareTo(Duration.ofDays(30)) < 0) {
            throw new IllegalArgumentException("anneal.audit.retention must be at least 30d but is " + retention);
        }
    }
}
