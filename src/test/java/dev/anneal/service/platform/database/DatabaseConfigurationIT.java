package dev.anneal.service.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The pools as the application makes them. */
@PostgresTest
@SpringBootTest(
        classes = DatabaseConfigurationIT.Application.class,
        webEnvironment = SpringBootTest.WebEnvironment.NONE,
        // The probe of liveness names the worker's heartbeats, which are not part of this.
        properties = "management.endpoint.health.validate-group-membership=false")
class DatabaseConfigurationIT {

    private final TenantDatabase tenant;
    private final SystemDatabase system;
    private final AuthenticationDatabase authentication;
    private final HeartbeatDatabase heartbeat;
    private final JdbcClient jdbc;

    @Autowired
    DatabaseConfigurationIT(
            TenantDatabase tenant,
            SystemDatabase system,
            AuthenticationDatabase authentication,
            HeartbeatDatabase heartbeat,
            JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.tenant = tenant;
        this.system = system;
        this.authentication = authentication;
        this.heartbeat = heartbeat;
    }

    @Test
    void eachPoolHasItsRoleNameAndTimeouts() {
        assertThat(tenant.<String>call("one", this::session)).isEqualTo("anneal_tenant anneal-tenant 30s 10s");
        assertThat(system.<String>call(this::session)).isEqualTo("anneal_system anneal-system 30s 10s");
        assertThat(authentication.<String>call(this::session)).isEqualTo("anneal_system anneal-authentication 30s 10s");
        assertThat(heartbeat.<String>call(this::session)).isEqualTo("anneal_system anneal-heartbeat 3s 10s");
    }

    @Test
    void sessionsAreInUtcWhateverTheHostIs() {
        assertThat(TimeZone.getDefault().getID()).isNotEqualTo("UTC");
        assertThat(tenant.<String>call("one", () -> setting("TimeZone"))).isEqualTo("UTC");
    }

    @Test
    void transactionWithinATransactionIsRefused() {
        assertThatThrownBy(() -> system.run(() -> system.run(() -> {})))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must not be opened within another");
    }

    @Test
    void exceptionRollsTheTransactionBack() {
        assertThatThrownBy(() -> tenant.run("one", () -> {
                    jdbc.sql("""
                                    INSERT INTO work (tenant_id, kind, method, state, priority)
                                    VALUES ('one', 'TRAIN', 'supervised', 'QUEUED', 5)
                                    """).update();
                    throw new IllegalStateException("second thoughts");
                }))
                .hasMessage("second thoughts");
        assertThat(system.<Long>call(() ->
                        jdbc.sql("SELECT count(*) FROM work").query(Long.class).single()))
                .isZero();
    }

    private String session() {
        return String.join(
                " ",
                jdbc.sql("SELECT current_user").query(String.class).single(),
                setting("application_name"),
                setting("statement_timeout"),
                setting("idle_in_transaction_session_timeout"));
    }

    private String setting(String name) {
        return jdbc.sql("SELECT current_setting(?)")
                .param(name)
                .query(String.class)
                .single();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ConfigurationPropertiesScan(basePackageClasses = DatabaseProperties.class)
    @Import({DatabaseConfiguration.class, EntityConfiguration.class})
    static class Application {}
}
