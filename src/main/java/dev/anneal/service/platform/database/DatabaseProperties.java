package dev.anneal.service.platform.database;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the service uses its database.
 *
 * @param tenantConnections most connections that requests use at a time
 * @param systemConnections most connections that claims, sweeps and meters use at a time
 * @param connectionTimeout how long a call waits for a connection before it fails
 * @param statementTimeout after this long a statement of a request, claim or sweep is cancelled by the server
 * @param heartbeatTimeout after this long a heartbeat has failed; less than a third of the lease, so that two more fit into it
 * @param idleInTransactionTimeout after this long the server ends a transaction in which nothing happens, with the locks it holds
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
