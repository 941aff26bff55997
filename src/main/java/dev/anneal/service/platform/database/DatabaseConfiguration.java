package dev.anneal.service.platform.database;

import dev.anneal.service.platform.cache.SharedCache;
import dev.anneal.service.platform.migration.SchemaCheck;
import dev.anneal.service.platform.migration.SchemaMigration;
import dev.anneal.service.platform.postgres.DatabaseAccess;
import dev.anneal.service.platform.postgres.EmbeddedPostgres;
import dev.anneal.service.platform.startup.StartNote;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.jdbc.health.DataSourceHealthIndicator;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

@Configuration(proxyBeanMethods = false)
@Import(Pools.class)
class DatabaseConfiguration {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    DatabaseAccess databaseAccess(
            Environment environment,
            ObjectProvider<JdbcConnectionDetails> container,
            ObjectProvider<EmbeddedPostgres> embedded) {
        if (ConfiguredAccess.isConfigured(environment)) {
            return ConfiguredAccess.from(environment);
        }
        JdbcConnectionDetails details = container.getIfAvailable();
        return details == null ? embedded.getObject().access() : ConfiguredAccess.from(details);
    }

    /** Created only if no database is configured. */
    @Bean
    @Lazy
    EmbeddedPostgres embeddedPostgres(HomeProperties properties, SharedCache cache) {
        EmbeddedPostgres server = EmbeddedPostgres.start(properties.directory().resolve("postgres"), cache);
        server.supervise();
        return server;
    }

    /**
     * Whether the embedded server runs. Part of readiness, because no other process of the installation answers in its
     * stead; a configured database is part of no probe. Present in every process, because
     * {@code management.endpoint.health.group.readiness} names it for all.
     */
    @Bean
    HealthIndicator embeddedDatabaseHealthIndicator(DatabaseAccess access, ObjectProvider<EmbeddedPostgres> embedded) {
        BooleanSupplier isReady = access.isEmbedded() ? embedded.getObject()::isReady : () -> true;
        return () -> isReady.getAsBoolean()
                ? Health.up().build()
                : Health.outOfService()
                        .withDetail("message", "The embedded PostgreSQL does not run; it is being started again.")
                        .build();
    }

    @Bean
    CurrentPool currentPool() {
        return new CurrentPool();
    }

    /**
     * Health of the pools; Spring Boot's would also ask {@link CurrentPool}, which has no connection outside of a
     * transaction.
     */
    @Bean
    HealthContributor dbHealthContributor(
            @Qualifier("tenantPool") DataSource tenants, @Qualifier("systemPool") DataSource system) {
        return CompositeHealthContributor.fromMap(
                Map.of("tenantPool", tenants, "systemPool", system), DataSourceHealthIndicator::new);
    }

    /** Uses the connection of the thread's transaction. */
    @Bean
    JdbcClient jdbcClient(CurrentPool current) {
        return JdbcClient.create(current);
    }

    @Bean
    PlatformTransactionManager transactionManager(CurrentPool current) {
        return new DataSourceTransactionManager(current);
    }

    @Bean
    @DependsOnDatabaseInitialization
    TenantDatabase tenantDatabase(
            CurrentPool current,
            @Qualifier("tenantPool") DataSource pool,
            PlatformTransactionManager manager,
            JdbcClient jdbc) {
        return new TenantDatabase(new Transactions(current, pool, manager), jdbc);
    }

    @Bean
    @DependsOnDatabaseInitialization
    SystemDatabase systemDatabase(
            CurrentPool current, @Qualifier("systemPool") DataSource pool, PlatformTransactionManager manager) {
        return new SystemDatabase(new Transactions(current, pool, manager));
    }

    @Bean
    @DependsOnDatabaseInitialization
    AuthenticationDatabase authenticationDatabase(
            CurrentPool current, @Qualifier("authenticationPool") DataSource pool, PlatformTransactionManager manager) {
        return new AuthenticationDatabase(new Transactions(current, pool, manager));
    }

    @Bean
    @DependsOnDatabaseInitialization
    HeartbeatDatabase heartbeatDatabase(
            CurrentPool current,
            @Qualifier("heartbeatPool") DataSource pool,
            PlatformTransactionManager manager,
            DatabaseProperties properties) {
        return new HeartbeatDatabase(new Transactions(current, pool, manager), properties.heartbeatTimeout());
    }

    @Bean
    @ConditionalOnProperty(name = "spring.flyway.enabled", havingValue = "false")
    SchemaCheck schemaCheck(DatabaseAccess access) {
        return new SchemaCheck(access);
    }

    /** Spring Boot registers it with Flyway as a callback. */
    @Bean
    SchemaMigration schemaMigration() {
        return new SchemaMigration();
    }

    /** The migrations grant the roles to the login of the service. */
    @Bean
    FlywayConfigurationCustomizer applicationLogin(DatabaseAccess access) {
        return flyway -> {
            Map<String, String> placeholders = new HashMap<>(flyway.getPlaceholders());
            placeholders.put("applicationLogin", access.application().name());
            flyway.placeholders(placeholders);
        };
    }

    @Bean
    @Order(2)
    StartNote homeNote(HomeProperties properties) {
        return StartNote.of("Home", properties.directory().toAbsolutePath().toString());
    }

    @Bean
    @Order(3)
    StartNote databaseNote(DatabaseAccess access) {
        return StartNote.of("Database", (access.isEmbedded() ? "embedded PostgreSQL, " : "") + access.place());
    }
}
