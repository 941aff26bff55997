package dev.anneal.service.platform.database;

import dev.anneal.service.Docker;
import dev.anneal.service.platform.cache.SharedCache;
import dev.anneal.service.platform.postgres.DatabaseAccess;
import dev.anneal.service.platform.postgres.EmbeddedLogins;
import dev.anneal.service.platform.postgres.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * The PostgreSQL of the tests: a container of the image {@code anneal.test.postgres}, or the one that comes by Maven
 * where Docker gives none or the property is {@code embedded}.
 */
interface TestServer {

    String NO_OTHER = "anneal.test.postgres.required";

    /** More than the pools of all cached contexts of a JVM have together; paused contexts keep theirs for minutes. */
    int CONNECTIONS = 400;

    DatabaseAccess access();

    /** Connections that may do everything. */
    DataSource administrator();

    void stop();

    static TestServer start(Path home) {
        String image = Docker.postgresImage();
        Optional<TestServer> container = image.equals("embedded")
                ? Optional.empty()
                : Docker.start(InContainer::server).map(InContainer::of);
        if (container.isEmpty() && Boolean.getBoolean(NO_OTHER)) {
            throw new IllegalStateException("no container of " + image + ", and -D" + NO_OTHER + " takes no other");
        }
        return container.orElseGet(() -> Embedded.start(home));
    }

    /** @param server as it comes by Maven */
    record Embedded(EmbeddedPostgres server) implements TestServer {

        static Embedded start(Path home) {
            SharedCache cache = new SharedCache(Path.of("target"));
            try (EmbeddedPostgres first = EmbeddedPostgres.start(home, cache)) {
                JdbcClient.create(first.administrator())
                        .sql("ALTER SYSTEM SET max_connections = " + CONNECTIONS)
                        .update();
            }
            return new Embedded(EmbeddedPostgres.start(home, cache));
        }

        @Override
        public DatabaseAccess access() {
            return server.access();
        }

        @Override
        public DataSource administrator() {
            return server.administrator();
        }

        @Override
        public void stop() {
            server.close();
        }
    }

    /** With the logins of an embedded one. */
    record InContainer(PostgreSQLContainer container, EmbeddedLogins logins) implements TestServer {

        static PostgreSQLContainer server() {
            return Docker.postgres()
                    .withUsername("postgres")
                    .withCommand("postgres", "-c", "max_connections=" + CONNECTIONS);
        }

        static TestServer of(PostgreSQLContainer container) {
            EmbeddedLogins generated = EmbeddedLogins.generate();
            generated.createOn(JdbcClient.create(connections(container, "postgres")));
            return new InContainer(container, generated);
        }

        private static DataSource connections(PostgreSQLContainer container, String database) {
            return new DriverManagerDataSource(
                    url(container, database), container.getUsername(), container.getPassword());
        }

        private static String url(PostgreSQLContainer container, String database) {
            return "jdbc:postgresql://%s:%d/%s"
                    .formatted(
                            container.getHost(),
                            container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
                            database);
        }

        @Override
        public DatabaseAccess access() {
            return new DatabaseAccess(url(container, "anneal"), logins.application(), logins.owner(), false);
        }

        @Override
        public DataSource administrator() {
            return connections(container, "anneal");
        }

        @Override
        public void stop() {
            container.stop();
        }
    }
}
