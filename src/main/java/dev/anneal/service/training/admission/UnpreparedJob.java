package dev.anneal.service.training.admission;

import dev.anneal.service.training.job.DraftTarget;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.JobInputs;
import dev.anneal.service.training.job.PairedModel;
import dev.anneal.service.training.settings.JobRequest;
import org.jspecify.annotations.Nullable;

/**
 * A job in state VALIDATING.
 *
 * @param number the job's internal key
 * @param workId id of its work
 * @param target target of a draft; null if no draft is trained
 */
record UnpreparedJob(
        long number,
        long workId,
        JobRequest request,
        @Nullable DraftTarget target) {

    /** A job that is being created. */
    static UnpreparedJob of(long number, long workId, JobInputs inputs) {
        PairedModel target = inputs.target();
        return new UnpreparedJob(number, workId, inputs.request(), target == null ? null : target.stored());
    }

    static UnpreparedJob of(Job job) {
        return new UnpreparedJob(job.number(), job.work().id(), job.request(), job.target());
    }
}
