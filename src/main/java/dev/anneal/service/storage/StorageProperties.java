package dev.anneal.service.storage;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where artifacts are kept.
 *
 * @param directory folder of the artifact store; shared by all machines of an installation. {@code artifacts} under
 *     {@code anneal.home} by default
 */
@ConfigurationProperties("anneal.storage")
record StorageProperties(Path directory) {}
