package dev.anneal.service.storage.s3;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The cache that a machine keeps of a store of type {@code s3} for engine processes, which write and read folders.
 *
 * @param directory where; processes of one machine may share it. {@code artifact-cache} under {@code anneal.home} by default
 * @param maxSize beyond this the copies that were not used for longest are removed, those in use never
 */
@ConfigurationProperties("anneal.storage.cache")
record CacheProperties(
        String directory, @DefaultValue("50GB") DataSize maxSize) {}
