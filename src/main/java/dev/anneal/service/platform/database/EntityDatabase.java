package dev.anneal.service.platform.database;

import jakarta.persistence.EntityManagerFactory;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * The database for services with repositories. JPA is created before the first transaction begins: that takes seconds,
 * during which a transaction would hold its locks and, on a slow machine, be ended by the database.
 */
@Component
public final class EntityDatabase {

    private final TenantDatabase tenants;
    private final SystemDatabase system;
    private final ObjectProvider<EntityManagerFactory> factory;

    EntityDatabase(TenantDatabase tenants, SystemDatabase system, ObjectProvider<EntityManagerFactory> factory) {
        this.tenants = tenants;
        this.system = system;
        this.factory = factory;
    }

    /** As {@link TenantDatabase#call}. */
    public <T> T call(String tenantId, Supplier<T> work) {
        factory.getObject();
        return tenants.call(tenantId, work);
    }

    /** As {@link TenantDatabase#run}. */
    public void run(String tenantId, Runnable work) {
        factory.getObject();
        tenants.run(tenantId, work);
    }

    /** As {@link SystemDatabase#call}. */
    public <T> T callAcrossTenants(Supplier<T> work) {
        factory.getObject();
        return system.call(work);
    }
}
