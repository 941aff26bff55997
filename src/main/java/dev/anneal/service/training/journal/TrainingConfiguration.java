package dev.anneal.service.training.journal;

import org.springframework.context.annotation.Configuration;

/** Makes the module's beans. */
@Configuration(proxyBeanMethods = false)
class TrainingConfiguration {}
