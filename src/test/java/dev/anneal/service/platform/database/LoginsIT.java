package dev.anneal.service.platform.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.anneal.service.platform.cache.SharedCache;
import dev.anneal.service.platform.postgres.DatabaseAccess;
import dev.anneal.service.platform.postgres.DatabaseAccess.Login;
import dev.anneal.service.platform.postgres.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The ways in which a user's own server may have its logins arranged: each of them migrates, and row-level security
 * holds in all, also where the service's login owns the tables.
 */
class LoginsIT {

    private static final DatabaseProperties PROPERTIES = new DatabaseProperties(
            1, 1, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(3), Duration.ofSeconds(5));

    @TempDir
    private static Path parent;

    private static EmbeddedPostgres server;
    private static JdbcClient administrator;

    @BeforeAll
    static void serverOfTheUser() {
        server = EmbeddedPostgres.start(parent.resolve("postgres"), new SharedCache(Path.of("target")));
        administrator = JdbcClient.create(server.administrator());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void loginsOfEveryArrangementIsolateTenants() {
        // In this order, because roles are the server's: the first migration makes them, the others find them.
        Login creator = login("creator", "CREATEROLE");
        assertIsolated("one_login_that_makes_the_roles", creator, creator);

        Login granted = login("granted", "");
        administrator.sql("GRANT anneal_tenant, anneal_system TO granted").update();
        assertIsolated("one_login_that_was_granted_them", granted, granted);

        Login owner = login("tables_owner", "");
        assertIsolated("an_owner_and_a_login_that_was_granted_them", owner, granted);

        Login superuser = login("super", "SUPERUSER");
        assertIsolated("one_superuser", superuser, superuser);
    }

    private static Login login(String name, String attributes) {
        administrator
                .sql("CREATE ROLE %s LOGIN %s PASSWORD 'secret'".formatted(name, attributes))
                .update();
        return new Login(name, "secret");
    }

    private static void assertIsolated(String database, Login owner, Login application) {
        administrator
                .sql("CREATE DATABASE %s OWNER %s".formatted(database, owner.name()))
                .update();
        String url = server.access().url().replaceAll("/[^/]+$", "/" + database);
        Flyway.configure()
                .dataSource(url, owner.name(), owner.password())
                .placeholders(Map.of("applicationLogin", application.name()))
                .load()
                .migrate();
        Pools pools = new Pools(new DatabaseAccess(url, application, owner, false), PROPERTIES, "logins");
        try (HikariDataSource tenantPool = pools.tenantPool();
                HikariDataSource systemPool = pools.systemPool()) {
            TenantDatabase tenant = new TenantDatabase(TestDatabase.transactions(tenantPool), TestDatabase.jdbc());
            tenant.run("one", LoginsIT::addWork);
            assertThat(tenant.<Long>call("one", LoginsIT::count)).as(database).isEqualTo(1);
            assertThat(tenant.<Long>call("two", LoginsIT::count)).as(database).isZero();
            assertThat(new SystemDatabase(TestDatabase.transactions(systemPool)).<Long>call(LoginsIT::count))
                    .as(database)
                    .isEqualTo(1);
        }
    }

    private static void addWork() {
        TestDatabase.jdbc().sql("""
                        INSERT INTO work (tenant_id, kind, method, state, priority)
                        VALUES (current_tenant(), 'TRAIN', 'supervised', 'QUEUED', 5)
                        """).update();
    }

    private static Long count() {
        return TestDatabase.jdbc()
                .sql("SELECT count(*) FROM work")
                .query(Long.class)
                .single();
    }
}
