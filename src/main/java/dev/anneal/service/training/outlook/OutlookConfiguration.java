package dev.anneal.service.training.outlook;

import org.springframework.context.annotation.Configuration;

/** Makes the module's beans. */
@Configuration(proxyBeanMethods = false)
class OutlookConfiguration {}
