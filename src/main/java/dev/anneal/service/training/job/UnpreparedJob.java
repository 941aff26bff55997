package dev.anneal.service.training.job;

import dev.anneal.service.training.settings.JobRequest;

/**
 * A job in state VALIDATING.
 *
 * @param number the job's internal key
 * @param workId id of its work
 */
record UnpreparedJob(long number, long workId, JobRequest request, int seed) {

    static UnpreparedJob of(Job job) {
        return new UnpreparedJob(job.number(), job.work().id(), job.request(), job.seed());
    }
}
