package dev.anneal.service.platform.database;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Connections and time limits of the database.
 *
 * @param tenantConnections maximum number of connections for requests
 * @param systemConnections maximum number of connections for claims, sweeps and metrics; authentication and heartbeats
 *     have two each
 * @param connectionTimeout how long a call waits for a connection before it fails
 * @param statementTimeout time limit for a statement of a request, claim or sweep, after which the server cancels it
 * @param heartbeatTimeout time limit for a heartbeat; less than a third of the lease, so that two more attempts fit
 *     into it
 * @param idleInTransactionTimeout how long a transaction may be idle before the server ends it and releases its locks
 */
@Validated
@ConfigurationProperties("anneal.database")
record DatabaseProperties(
        @DefaultValue("8") @Min(1) int tenantConnections,
        @DefaultValue("4") @Min(1) int systemConnections,
        @DefaultValue("5s") Duration connectionTimeout,
        @DefaultValue("30s") Duration statementTimeout,
        @DefaultValue("3s") Duration heartbeatTimeout,
        @DefaultValue("10s") Duration idleInTransactionTimeout) {}
