package dev.anneal.service.platform.database;

import dev.anneal.service.platform.migration.SchemaCheck;
import dev.anneal.service.platform.postgres.DatabaseAccess;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.startup.StartRefusedException;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/**
 * Application of a process with the role {@code migrate}: its context is ready when the schema has this version. It
 * needs only the database, neither artifacts nor keys.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.MIGRATE)
@EnableConfigurationProperties({DatabaseProperties.class, HomeProperties.class})
@ImportAutoConfiguration({PropertyPlaceholderAutoConfiguration.class, FlywayAutoConfiguration.class})
@Import(DatabaseConfiguration.class)
public class MigrationApplication {

    /**
     * @throws StartRefusedException if no database is configured: migrating an embedded one would be useless
     */
    MigrationApplication(Environment environment) {
        if (!ConfiguredAccess.isConfigured(environment)) {
            throw new StartRefusedException(
                    "anneal.roles is migrate, but there is no database to migrate: spring.datasource.url is not set.",
                    "Set spring.datasource.url and the owner's spring.flyway.user and spring.flyway.password.");
        }
    }

    /**
     * Fails if the login of the service is refused, for instance after its password was changed in the settings alone:
     * processes that wait for the migration would start and fail. A process without the login's password migrates only.
     */
    @Bean
    @ConditionalOnProperty("spring.datasource.password")
    SmartInitializingSingleton loginOfTheService(DatabaseAccess access) {
        return () -> new SchemaCheck(access);
    }
}
