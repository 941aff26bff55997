package dev.anneal.service.access.quota;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TenantDatabase;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the module's beans. */
@Configuration(proxyBeanMethods = false)
class QuotaConfiguration {

    @Bean
    Quotas quotas(
            SystemDatabase system, QuotaProperties properties, TrainingUsage trainings, List<StoredBytes> stores) {
        return new Quotas(system, properties.quota(), trainings, stores);
    }

    @Bean
    QuotaGate quotaGate(TenantDatabase database, Quotas quotas) {
        return new QuotaGate(database, quotas);
    }
}
