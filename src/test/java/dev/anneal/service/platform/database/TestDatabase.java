package dev.anneal.service.platform.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.anneal.service.platform.postgres.DatabaseAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.util.FileSystemUtils;

/**
 * The database of all tests of a JVM: one server ({@link TestServer}), migrated once, which tests reach as the
 * application does. Annotate a test with {@link PostgresTest}; it finds the tables empty.
 */
public final class TestDatabase implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    /** Of all tests. */
    public static final UUID INSTALLATION = UUID.fromString("5e9d37a4-6c0b-4b8e-9d3e-0f1f6a1c2b52");

    private static final int EMPTYING_ATTEMPTS = 5;

    /** Truncating a table costs its files, used or not: most tests use few. */
    private static final String EMPTY = """
            DO $$
            DECLARE
              name text;
              used boolean;
              tables text[];
            BEGIN
              DELETE FROM scheduled_tasks WHERE task_instance <> 'recurring';
              FOR name IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'
                  AND tablename NOT IN ('flyway_schema_history', 'scheduled_tasks', 'installation') LOOP
                EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO used;
                IF used THEN
                  tables := tables || name;
                END IF;
              END LOOP;
              IF tables IS NOT NULL THEN
                EXECUTE format('TRUNCATE %s RESTART IDENTITY CASCADE', array_to_string(tables, ', '));
              END IF;
            END $$
            """;

    private static final Path HOME = newHome();
    private static final TestServer SERVER = startServer();
    private static final Thread STOP = new Thread(TestDatabase::stop);
    private static final DatabaseProperties PROPERTIES = new DatabaseProperties(
            8, 12, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(3), Duration.ofSeconds(10));
    private static final Pools POOLS = new Pools(SERVER.access(), PROPERTIES, "anneal-test");
    private static final DataSource ADMINISTRATOR = pooled(SERVER.administrator());
    private static final CurrentPool CURRENT = new CurrentPool();
    private static final JdbcClient JDBC = JdbcClient.create(CURRENT);
    private static final TenantDatabase TENANT = new TenantDatabase(transactions(POOLS.tenantPool()), JDBC);
    private static final DataSource SYSTEM_POOL = POOLS.systemPool();
    private static final SystemDatabase SYSTEM = new SystemDatabase(transactions(SYSTEM_POOL));
    private static final AuthenticationDatabase AUTHENTICATION =
            new AuthenticationDatabase(transactions(POOLS.authenticationPool()));
    private static final HeartbeatDatabase HEARTBEAT =
            new HeartbeatDatabase(transactions(POOLS.heartbeatPool()), PROPERTIES.heartbeatTimeout());

    static {
        Runtime.getRuntime().addShutdownHook(STOP);
    }

    static Transactions transactions(DataSource pool) {
        return new Transactions(CURRENT, pool, new DataSourceTransactionManager(CURRENT));
    }

    /** Speaks on the connection of the transaction that one of this class's databases has opened on the thread. */
    public static JdbcClient jdbc() {
        return JDBC;
    }

    public static TenantDatabase tenant() {
        return TENANT;
    }

    public static SystemDatabase system() {
        return SYSTEM;
    }

    /** As {@link #system()}, but of the commits every {@code 1 / probability}th is lost or its answer is. */
    public static SystemDatabase systemLosingReplies(long seed, double probability) {
        return systemLosing(LostReplies.random(seed, probability));
    }

    /** As {@link #system()}, but what is lost of each commit is asked for. */
    public static SystemDatabase systemLosing(Supplier<LostReplies.Loss> losses) {
        return new SystemDatabase(transactions(new LostReplies(SYSTEM_POOL, losses)));
    }

    public static AuthenticationDatabase authentication() {
        return AUTHENTICATION;
    }

    public static HeartbeatDatabase heartbeat() {
        return HEARTBEAT;
    }

    public static Identifiers identifiers() {
        return new Identifiers(Clock.systemUTC());
    }

    /** A client that may do everything, for what a test arranges or inspects behind the application's back. */
    public static JdbcClient administrator() {
        return JdbcClient.create(ADMINISTRATOR);
    }

    static DataSource administratorConnections() {
        return ADMINISTRATOR;
    }

    /** Where the server is and who may log in there. */
    static DatabaseAccess access() {
        return SERVER.access();
    }

    /**
     * Runs statements as a role that the application itself never takes on, or as one of its roles without its tenant.
     */
    public static <T> T asRole(String role, Function<JdbcClient, T> statements) {
        return transactions(ADMINISTRATOR).call(() -> {
            JDBC.sql("SET LOCAL ROLE " + role).update();
            return statements.apply(JDBC);
        });
    }

    /** A context that uses this database, connecting as a deployment with an owner of its own does. */
    @Override
    public void initialize(ConfigurableApplicationContext context) {
        if (Runtime.getRuntime().removeShutdownHook(STOP)) {
            SpringApplication.getShutdownHandlers().add(TestDatabase::stop); // these run after the contexts have closed
        }
        beginWithoutAStore();
        DatabaseAccess access = SERVER.access();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "test database",
                        Map.of(
                                // The same for all: a context may start on the rows of another one's test.
                                "anneal.secrets.keys", "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
                                "spring.datasource.url", access.url(),
                                "spring.datasource.username",
                                        access.application().name(),
                                "spring.datasource.password",
                                        access.application().password(),
                                "spring.flyway.user", access.owner().name(),
                                "spring.flyway.password", access.owner().password())));
    }

    /** Each test has a store of its own, which begins empty. */
    private static void beginWithoutAStore() {
        administrator().sql("UPDATE installation SET store_marked_at = NULL").update();
    }

    /**
     * Empties every table of the migrations, but those that services begin with, and starts the counters of those that
     * had rows again.
     */
    static void empty() {
        beginWithoutAStore();
        int attempt = 1;
        while (!emptied(attempt)) {
            attempt++;
        }
    }

    /** False if a sweep that was under way held one of the tables: both cannot have them, and the sweep was first. */
    private static boolean emptied(int attempt) {
        try {
            administrator().sql(EMPTY).update();
            return true;
        } catch (PessimisticLockingFailureException deadlock) {
            if (attempt == EMPTYING_ATTEMPTS) {
                throw deadlock;
            }
            return false;
        }
    }

    private static Path newHome() {
        try {
            return Files.createTempDirectory(Path.of("target").toAbsolutePath(), "test-postgres-");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static TestServer startServer() {
        TestServer server = TestServer.start(HOME);
        JdbcClient administrator = JdbcClient.create(server.administrator());
        // Nothing of a test outlives a power failure.
        administrator.sql("ALTER SYSTEM SET fsync = off").update();
        administrator.sql("SELECT pg_reload_conf()").query(Boolean.class).single();
        migrate(server.access());
        // The folders of tests outlive their databases.
        administrator.sql("UPDATE installation SET id = ?").param(INSTALLATION).update();
        return server;
    }

    private static DataSource pooled(DataSource connections) {
        HikariConfig configuration = new HikariConfig();
        configuration.setPoolName("administrator");
        configuration.setDataSource(connections);
        configuration.setMaximumPoolSize(4);
        configuration.setMinimumIdle(0);
        return new HikariDataSource(configuration);
    }

    private static void migrate(DatabaseAccess access) {
        Flyway.configure()
                .dataSource(access.url(), access.owner().name(), access.owner().password())
                .placeholders(Map.of("applicationLogin", access.application().name()))
                .load()
                .migrate();
    }

    private static void stop() {
        SERVER.stop();
        try {
            FileSystemUtils.deleteRecursively(HOME);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
