package dev.anneal.service.platform.migration;

import java.util.Set;
import org.springframework.boot.sql.init.dependency.AbstractBeansOfTypeDatabaseInitializerDetector;

/** Makes beans that depend on the initialization of the database wait for {@link SchemaCheck}. */
final class SchemaCheckDetector extends AbstractBeansOfTypeDatabaseInitializerDetector {

    @Override
    protected Set<Class<?>> getDatabaseInitializerBeanTypes() {
        return Set.of(SchemaCheck.class);
    }
}
