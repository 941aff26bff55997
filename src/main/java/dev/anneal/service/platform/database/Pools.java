package dev.anneal.service.platform.database;

import com.zaxxer.hikari.HikariDataSource;
import dev.anneal.service.platform.postgres.DatabaseAccess;
import java.time.Duration;
import java.util.Properties;
import javax.sql.DataSource;
import org.apache.commons.lang3.ObjectUtils;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.flyway.autoconfigure.FlywayDataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The connection pools. All use one login; the connections of each pool set its role. */
@Configuration(proxyBeanMethods = false)
class Pools {

    private static final int HEARTBEAT_CONNECTIONS = 2;
    /** Keys in use are looked up once a second, by their index. */
    private static final int AUTHENTICATION_CONNECTIONS = 2;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** Hikari's minimum. */
    private static final Duration SHORTEST_POOL_TIMEOUT = Duration.ofMillis(250);

    private final DatabaseAccess access;
    private final DatabaseProperties properties;
    private final String applicationName;

    Pools(
            DatabaseAccess access,
            DatabaseProperties properties,
            @Value("${spring.application.name:anneal}") String applicationName) {
        this.access = access;
        this.properties = properties;
        this.applicationName = applicationName;
    }

    /** Plans each statement for its tenant: a plan kept from a tenant with few rows reads all rows of one with many. */
    @Bean
    HikariDataSource tenantPool() {
        HikariDataSource pool =
                pool("tenant", "anneal_tenant", properties.tenantConnections(), properties.statementTimeout());
        pool.setConnectionInitSql(pool.getConnectionInitSql() + "; SET plan_cache_mode = force_custom_plan");
        return pool;
    }

    @Bean
    HikariDataSource systemPool() {
        return pool("system", "anneal_system", properties.systemConnections(), properties.statementTimeout());
    }

    @Bean
    HikariDataSource authenticationPool() {
        return pool("authentication", "anneal_system", AUTHENTICATION_CONNECTIONS, properties.statementTimeout());
    }

    @Bean
    HikariDataSource heartbeatPool() {
        HikariDataSource pool =
                pool("heartbeat", "anneal_system", HEARTBEAT_CONNECTIONS, properties.heartbeatTimeout());
        pool.setConnectionTimeout(atLeastShortest(properties.heartbeatTimeout()));
        pool.addDataSourceProperty("connectTimeout", seconds(properties.heartbeatTimeout()));
        // The socket needs a timeout as well, because a hanging server does not answer a cancellation.
        pool.addDataSourceProperty("socketTimeout", seconds(properties.heartbeatTimeout()));
        return pool;
    }

    /** Unpooled connections of the owner, only for Flyway; every other bean that injects a data source gets a pool. */
    @Bean(defaultCandidate = false)
    @FlywayDataSource
    DataSource ownerDataSource() {
        DriverManagerDataSource source = new DriverManagerDataSource(
                access.url(), access.owner().name(), access.owner().password());
        Properties driver = new Properties();
        driver.setProperty("ApplicationName", applicationName + "-migration");
        driver.setProperty("connectTimeout", seconds(CONNECT_TIMEOUT));
        driver.setProperty("tcpKeepAlive", "true");
        source.setConnectionProperties(driver);
        return source;
    }

    private HikariDataSource pool(String name, String role, int connections, Duration statementTimeout) {
        // Without a configuration object the pool connects on first use, which is after the migration that creates the
        // role.
        HikariDataSource pool = new HikariDataSource();
        pool.setPoolName(name);
        pool.setJdbcUrl(access.url());
        pool.setUsername(access.application().name());
        pool.setPassword(access.application().password());
        pool.setMaximumPoolSize(connections);
        pool.setMinimumIdle(1);
        pool.setConnectionTimeout(atLeastShortest(properties.connectionTimeout()));
        pool.setValidationTimeout(atLeastShortest(ObjectUtils.min(properties.connectionTimeout(), statementTimeout)));
        pool.setConnectionInitSql(sessionSettings(role, statementTimeout));
        addDriverSettings(pool, name, statementTimeout);
        return pool;
    }

    private void addDriverSettings(HikariDataSource pool, String name, Duration statementTimeout) {
        pool.addDataSourceProperty("ApplicationName", applicationName + "-" + name);
        pool.addDataSourceProperty("connectTimeout", seconds(CONNECT_TIMEOUT));
        // The driver's default is to wait forever; slightly more than the server's time limit lets its error arrive.
        pool.addDataSourceProperty("socketTimeout", seconds(statementTimeout.plusSeconds(5)));
        pool.addDataSourceProperty("tcpKeepAlive", "true");
    }

    /** The session's time zone is UTC, so that no SQL depends on the host's. */
    private String sessionSettings(String role, Duration statementTimeout) {
        return ("SET ROLE %s; SET TIME ZONE 'UTC'; SET statement_timeout = %d;"
                        + " SET idle_in_transaction_session_timeout = %d")
                .formatted(
                        role,
                        statementTimeout.toMillis(),
                        properties.idleInTransactionTimeout().toMillis());
    }

    private static long atLeastShortest(Duration timeout) {
        return Math.max(timeout.toMillis(), SHORTEST_POOL_TIMEOUT.toMillis());
    }

    /** In whole seconds, as the driver requires, and at least 1, because 0 means forever. */
    private static String seconds(Duration duration) {
        return Long.toString(Math.max(1, duration.toSeconds()));
    }
}
