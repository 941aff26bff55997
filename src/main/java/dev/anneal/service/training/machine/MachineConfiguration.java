package dev.anneal.service.training.machine;

import org.springframework.context.annotation.Configuration;

/** Makes the module's beans. */
@Configuration(proxyBeanMethods = false)
class MachineConfiguration {}
