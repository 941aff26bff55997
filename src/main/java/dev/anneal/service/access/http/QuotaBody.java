package dev.anneal.service.access.http;

import dev.anneal.service.access.quota.Quota;
import dev.anneal.service.access.quota.Usage;

/**
 * A quota as clients see it.
 *
 * @param limits what holds; null where there is no limit
 * @param usage what is used now
 */
record QuotaBody(String object, String projectId, Quota limits, Usage usage) {}
