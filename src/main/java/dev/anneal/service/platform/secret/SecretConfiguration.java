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

/** Says where the keys come from, and when rows that older keys sealed are sealed anew. */
@Configuration(proxyBeanMethods = false)
class SecretConfiguration {

    private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(10);

    /** Processes that share a database of the user's own share no folder, so the key must be given to all of them. */
    @Bean
    Secrets secrets(
            SecretProperties properties,
            @Value("${spring.datasource.url:}") String databaseUrl,
            @Value("${anneal.home}") Path home) {
        boolean isMadeHere = properties.keys().isEmpty() && databaseUrl.isEmpty();
        return Secrets.of(
                isMadeHere ? new SecretProperties(List.of(KeyFile.read(home.resolve("secrets.key")))) : properties);
    }

    /** Waits before the first run: while processes are replaced, older ones may not have the first key yet. */
    @Bean
    @ConditionalOnRole(Role.API)
    LocalChore sealing(SealedRows rows) {
        return new LocalChore(SWEEP_INTERVAL, SWEEP_INTERVAL, rows::runOnce);
    }
}
