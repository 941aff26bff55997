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

/** Where the keys come from, and when rows of older ones are sealed anew. */
@Configuration(proxyBeanMethods = false)
class SecretConfiguration {

    private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(10);

    /** A database of the user's own is shared by processes that share no folder, so its key must be given to all of them. */
    @Bean
    Secrets secrets(
            SecretProperties properties,
            @Value("${spring.datasource.url:}") String databaseUrl,
            @Value("${anneal.home}") Path home) {
        boolean isMadeHere = properties.keys().isEmpty() && databaseUrl.isEmpty();
        return Secrets.of(
                isMadeHere ? new SecretProperties(List.of(KeyFile.read(home.resolve("secrets.key")))) : properties);
    }

    /** Not at once: while processes are replaced, those before may not have the first key yet. */
    @Bean
    @ConditionalOnRole(Role.API)
    LocalChore sealing(SealedRows rows) {
        return new LocalChore(SWEEP_INTERVAL, SWEEP_INTERVAL, rows::runOnce);
    }
}
