package dev.anneal.service.training.machine;

import dev.anneal.service.platform.database.SystemDatabase;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the module's beans. */
@Configuration(proxyBeanMethods = false)
class MachineConfiguration {

    @Bean
    Machines machines(SystemDatabase system) {
        return new Machines(system);
    }
}
