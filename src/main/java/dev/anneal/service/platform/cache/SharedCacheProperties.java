package dev.anneal.service.platform.cache;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Cache shared by all installations of a user.
 *
 * @param cacheDirectory where files unpacked from the program are kept; null: {@code $XDG_CACHE_HOME/anneal}, or
 *     {@code .cache/anneal} in the user's home directory, or {@code cache} under {@code anneal.home} if that is not
 *     writable
 */
@ConfigurationProperties("anneal")
record SharedCacheProperties(@Nullable String cacheDirectory) {}
