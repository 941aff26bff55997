package dev.anneal.service.platform.secret;

import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.LocalChore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Reads the keys, and schedules the re-encryption of secrets of older keys. */
@Configuration(proxyBeanMethods = false)
class SecretConfiguration {

    private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(10);

    /** Processes that share a configured database share no folder, so all of them must be given the key. */
    @Bean
    Secrets secrets(
            SecretProperties properties,
            @Value("${spring.datasource.url:}") String databaseUrl,
            @Value("${anneal.home}") Path home) {
        boolean isMadeHere = properties.keys().isEmpty() && databaseUrl.isEmpty();
        return Secrets.of(
                isMadeHere ? new SecretProperties(List.of(KeyFile.read(home.resolve("secrets.key")))) : properties);
    }

    /** Delays the first run, because older processes that are being replaced may not have the first key yet. */
    @Bean
    @ConditionalOnRole(Role.API)
    LocalChore sealing(SealedRows rows) {
        return new LocalChore(SWEEP_INTERVAL, SWEEP_INTERVAL, rows::runOnce);
    }
}
