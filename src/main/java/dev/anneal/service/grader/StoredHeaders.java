package dev.anneal.service.grader;

import java.util.Map;

/** Headers of endpoints, as jobs and evaluations hold them. */
@FunctionalInterface
interface StoredHeaders {

    /** The values to send. */
    Map<String, String> open(String tenantId, Map<String, String> headers);
}
