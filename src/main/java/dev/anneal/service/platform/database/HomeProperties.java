package dev.anneal.service.platform.database;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Directory of this host's persistent data.
 *
 * @param home the directory; null: {@code .anneal} in the user's home directory
 */
@ConfigurationProperties("anneal")
record HomeProperties(@Nullable Path home) {

    Path directory() {
        return home == null ? Path.of(System.getProperty("user.home"), ".anneal") : home;
    }
}
