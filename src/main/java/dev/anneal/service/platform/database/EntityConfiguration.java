package dev.anneal.service.platform.database;

import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.jpa.EntityManagerFactoryBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.data.repository.config.BootstrapMode;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.orm.jpa.AbstractEntityManagerFactoryBean;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * JPA within JDBC transactions (ADR 2): a session uses the connection of the thread's transaction, as JdbcClient does,
 * and neither begins nor ends one. Everything is created on first use: it would take a third of the start of a process,
 * and workers rarely need it.
 */
@Configuration(proxyBeanMethods = false)
@EnableJpaRepositories(basePackages = EntityConfiguration.PACKAGES, bootstrapMode = BootstrapMode.LAZY)
class EntityConfiguration {

    static final String PACKAGES = "dev.anneal.service";

    @Bean
    @Primary
    DataSource connectionOfTheTransaction(CurrentPool current) {
        return new TransactionAwareDataSourceProxy(current);
    }

    /** The declared type matters: Spring creates beans of more specific types at once, lazy or not. */
    @Bean
    @Lazy
    AbstractEntityManagerFactoryBean entityManagerFactory(
            EntityManagerFactoryBuilder builder, @Qualifier("connectionOfTheTransaction") DataSource connection) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("JPA must be created before a transaction begins: use EntityDatabase");
        }
        return builder.dataSource(connection).packages(PACKAGES).build();
    }

    /**
     * The bean from which repositories get sessions. Spring Data's definition is not lazy and would create its
     * dependencies at once.
     */
    @Bean
    static BeanFactoryPostProcessor sharedEntityManagerAtFirstUse() {
        return beans ->
                beans.getBeanDefinition("jpaSharedEM_entityManagerFactory").setLazyInit(true);
    }
}
