package dev.anneal.service.storage;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where artifacts are kept. A text, not a path: Spring takes a path that is also the name of a resource for the resource.
 *
 * @param directory folder of the artifact store; shared by all machines of an installation. {@code artifacts} under
 *     {@code anneal.home} by default
 */
@ConfigurationProperties("anneal.storage")
record StorageProperties(String directory) {}
