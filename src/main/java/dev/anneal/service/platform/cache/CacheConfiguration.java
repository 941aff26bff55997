package dev.anneal.service.platform.cache;

import dev.anneal.engine.format.file.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** Bean of this room. */
@Configuration(proxyBeanMethods = false)
class CacheConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(CacheConfiguration.class);

    /** Created lazily: a process may have nothing to unpack. */
    @Bean
    @Lazy
    SharedCache sharedCache(
            SharedCacheProperties properties,
            @Value("${XDG_CACHE_HOME:}") String caches,
            @Value("${user.home}") String userHome,
            @Value("${anneal.home}") Path home) {
        if (properties.cacheDirectory() != null) {
            return new SharedCache(required(Path.of(properties.cacheDirectory())));
        }
        Path ofUser = Path.of(caches).isAbsolute() ? Path.of(caches) : Path.of(userHome, ".cache");
        return new SharedCache(ofUserOrElse(ofUser.resolve("anneal"), home.resolve("cache")));
    }

    private static Path required(Path directory) {
        try {
            return writable(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "anneal.cache-directory must be a folder that this process may write to, but is '" + directory
                            + "': " + e,
                    e);
        }
    }

    /** Users of services and containers often have no writable home directory. */
    private static Path ofUserOrElse(Path ofUser, Path ofInstallation) {
        if (!ofUser.isAbsolute()) {
            return ofInstallation;
        }
        try {
            return writable(ofUser);
        } catch (IOException e) {
            LOG.info(
                    "{} cannot be written to ({}), so files are unpacked into {}",
                    ofUser,
                    e.toString(),
                    ofInstallation);
            return ofInstallation;
        }
    }

    /** Accessible only to the user, because programs are run from it. */
    private static Path writable(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    Objects.requireNonNull(directory.toAbsolutePath().getParent()));
            PrivateFiles.createFolder(directory);
        }
        Files.delete(Files.createTempFile(directory, ".writable-", null));
        return directory;
    }
}
