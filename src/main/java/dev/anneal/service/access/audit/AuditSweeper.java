package dev.anneal.service.access.audit;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Has the database forget what has passed its retention. */
@Component
@ConditionalOnRole(Role.API)
class AuditSweeper {

    private static final Logger LOG = LoggerFactory.getLogger(AuditSweeper.class);

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final AuditProperties properties;

    AuditSweeper(JdbcClient jdbc, SystemDatabase database, AuditProperties properties) {
        this.jdbc = jdbc;
        this.database = database;
        this.properties = properties;
    }

    @Scheduled(initialDelayString = "PT1M", fixedDelayString = "PT1H")
    void sweep() {
        long forgotten = database.call(() -> jdbc.sql("SELECT forget_audit_log(make_interval(secs => ?))")
                .param((double) properties.retention().toSeconds())
                .query(Long.class)
                .single());
        if (forgotten > 0) {
            LOG.info("{} entries of the audit log have passed anneal.audit.retention and are gone", forgotten);
        }
    }
}
