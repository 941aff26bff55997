package dev.anneal.service.platform.cache;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where this user's processes keep what they have unpacked.
 *
 * @param cacheDirectory absent: {@code $XDG_CACHE_HOME/anneal}, or {@code .cache/anneal} in the user's home directory, or {@code cache} under
 *     {@code anneal.home} where that cannot be written to
 */
@ConfigurationProperties("anneal")
record SharedCacheProperties(@Nullable String cacheDirectory) {}
