package dev.anneal.service.training.outlook;

import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.settings.ResolvedSettings;
import org.jspecify.annotations.Nullable;

/** Remaining time of a running training, from its own pace. */
final class RunningTraining {

    /**
     * Share of the forward pass in the time of a step, which has two passes with frozen matrices, or three with trained
     * ones.
     */
    private static final double FORWARD_OF_FROZEN = 1.0 / 2;

    private static final double FORWARD_OF_TRAINED = 1.0 / 3;

    private RunningTraining() {}

    /**
     * @param usual pace of the model's past trainings; null if there are none
     */
    static double secondsLeft(Job job, ResolvedSettings settings, double secondsPerStep, @Nullable TrainingPace usual) {
        Job.Interludes done = job.pace().interludes();
        Remaining remaining = Remaining.of(job, settings);
        double validation = validationSeconds(job, settings, usual);
        double checkpoint = checkpointSeconds(done, usual);
        int steps = settings.training().totalSteps() - job.pace().step();
        double left = steps * secondsPerStep
                + remaining.validations() * validation
                + remaining.checkpoints() * checkpoint
                + (usual == null ? 0 : usual.closingSeconds());
        // Steps are recorded up to a second after their end.
        double since = Math.floor(done.secondsSinceStep());
        return Math.max(0, left - Math.min(since, secondsPerStep + validation + checkpoint));
    }

    private static double validationSeconds(Job job, ResolvedSettings settings, @Nullable TrainingPace usual) {
        Job.Interludes done = job.pace().interludes();
        if (done.validations() > 0) {
            return done.validationSeconds() / done.validations();
        }
        return usual != null && usual.validationSeconds() > 0
                ? usual.validationSeconds()
                : forwardSeconds(job, settings);
    }

    private static double checkpointSeconds(Job.Interludes done, @Nullable TrainingPace usual) {
        if (done.checkpoints() > 0) {
            return done.checkpointSeconds() / done.checkpoints();
        }
        return usual == null ? 0 : usual.checkpointSeconds();
    }

    /** Estimated duration of a validation without a measured one, from its tokens. */
    private static double forwardSeconds(Job job, ResolvedSettings settings) {
        Double tokensPerSecond = job.pace().tokensPerSecond();
        if (tokensPerSecond == null || tokensPerSecond <= 0) {
            return 0;
        }
        double tokens = (double) settings.data().tokens()
                / settings.data().rows()
                * settings.data().validatedRows();
        return (job.isFullTraining() ? FORWARD_OF_TRAINED : FORWARD_OF_FROZEN) * tokens / tokensPerSecond;
    }
}
