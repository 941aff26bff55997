package dev.anneal.service.access.http;

import dev.anneal.service.access.quota.Quota;
import dev.anneal.service.access.quota.Usage;

/**
 * A quota in the API.
 *
 * @param limits effective limits; null for no limit
 * @param usage current usage
 */
record QuotaBody(String object, String projectId, Quota limits, Usage usage) {}
