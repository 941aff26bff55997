package dev.anneal.service.training.outlook;

import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.ResolvedSettings;
import dev.anneal.service.training.settings.TrainingCost;

/**
 * The remaining part of a training.
 *
 * @param share share of its computation
 */
record Remaining(TrainingCost cost, double share, int validations, int checkpoints) {

    /** A training that has not begun. */
    static Remaining all(JobRequest request, ResolvedSettings settings) {
        return new Remaining(settings.cost(), 1, validationsAfter(0, request, settings), checkpointsAfter(0, settings));
    }

    double operations() {
        return share * cost.operations();
    }

    /** @param completionTokens mean tokens of completions */
    Remaining expecting(double completionTokens) {
        return new Remaining(cost.expecting(completionTokens), share, validations, checkpoints);
    }

    /** With completions of the most tokens; the same if the training samples none. */
    Remaining expectingMost() {
        TrainingCost.Completions completions = cost.completions();
        return completions == null ? this : expecting(completions.most());
    }

    static Remaining of(Job job, ResolvedSettings settings) {
        int step = job.pace().step();
        return new Remaining(
                settings.cost(),
                1 - (double) job.pace().tokens() / settings.expectedTokens(),
                Math.max(
                        validationsAfter(step, job.request(), settings),
                        validationsAfter(0, job.request(), settings)
                                - job.pace().interludes().validations()),
                Math.max(
                        checkpointsAfter(step, settings),
                        checkpointsAfter(0, settings) - job.pace().interludes().checkpoints()));
    }

    private static int validationsAfter(int step, JobRequest request, ResolvedSettings settings) {
        return request.validationFile() == null
                ? 0
                : dueAfter(step, settings.training(), settings.training().evaluationIntervalSteps());
    }

    private static int checkpointsAfter(int step, ResolvedSettings settings) {
        return dueAfter(step, settings.training(), settings.training().checkpointIntervalSteps());
    }

    /** Number due at each interval and after the last step. */
    private static int dueAfter(int step, TrainingSettings training, int interval) {
        int total = training.totalSteps();
        int atIntervals = interval == 0 ? 0 : total / interval - step / interval;
        boolean endsBetween = interval == 0 || total % interval != 0;
        return atIntervals + (endsBetween && step < total ? 1 : 0);
    }
}
