package dev.anneal.service.platform.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The keys and defaults of the database's settings. */
class DatabasePropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of()))
                .isEqualTo(new DatabaseProperties(
                        8,
                        4,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(10)));
    }

    @Test
    void everyPropertyCanBeSet() {
        assertThat(bind(Map.of(
                        "anneal.database.tenant-connections", "1",
                        "anneal.database.system-connections", "2",
                        "anneal.database.connection-timeout", "3s",
                        "anneal.database.statement-timeout", "4s",
                        "anneal.database.heartbeat-timeout", "5s",
                        "anneal.database.idle-in-transaction-timeout", "6s")))
                .isEqualTo(new DatabaseProperties(
                        1,
                        2,
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(6)));
    }

    @Test
    void homeIsInTheUsersHomeUnlessSet() {
        assertThat(new HomeProperties(null).directory()).isEqualTo(Path.of(System.getProperty("user.home"), ".anneal"));
        assertThat(new HomeProperties(Path.of("elsewhere")).directory()).isEqualTo(Path.of("elsewhere"));
    }

    private static DatabaseProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.database", DatabaseProperties.class);
    }
}
