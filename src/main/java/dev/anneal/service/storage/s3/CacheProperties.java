package dev.anneal.service.storage.s3;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * A machine's local cache of a store of type {@code s3}, for engine processes, which read and write directories.
 *
 * @param directory directory of the cache; processes on one machine may share it. {@code artifact-cache} under
 *     {@code anneal.home} by default
 * @param maxSize above this size the least recently used copies are removed, but never those in use
 */
@ConfigurationProperties("anneal.storage.cache")
record CacheProperties(
        String directory, @DefaultValue("50GB") DataSize maxSize) {}
