package dev.anneal.service.queue;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class QueueConfiguration {

    @Bean
    WorkEnds workEnds(ObjectProvider<WorkEndListener> listeners) {
        return new WorkEnds(listeners.orderedStream().toList());
    }
}
