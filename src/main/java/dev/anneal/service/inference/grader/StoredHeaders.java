package dev.anneal.service.inference.grader;

import dev.anneal.service.queue.secret.OpenedValues;

/** Headers of endpoints, as jobs and evaluations hold them. */
@FunctionalInterface
interface StoredHeaders {

    /**
     * The values to send for the work of a job or of an evaluation.
     *
     * @throws IllegalStateException if one does not open
     */
    OpenedValues ofWork(String tenantId, long workId);
}
