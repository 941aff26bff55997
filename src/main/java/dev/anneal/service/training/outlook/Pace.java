package dev.anneal.service.training.outlook;

/**
 * How recent trainings of a model went.
 *
 * @param startSeconds from the claim to the first step
 * @param operationsPerSecond of steps
 * @param validationSeconds of one; 0 if there was none
 * @param checkpointSeconds of one; 0 if there was none
 * @param closingSeconds from the last checkpoint to the end of the job
 */
record Pace(
        double startSeconds,
        double operationsPerSecond,
        double validationSeconds,
        double checkpointSeconds,
        double closingSeconds) {

    /** From the claim to the end. */
    double secondsOf(Remaining remaining) {
        return startSeconds
                + remaining.share() * remaining.cost().operations() / operationsPerSecond
                + remaining.validations() * validationSeconds
                + remaining.checkpoints() * checkpointSeconds
                + closingSeconds;
    }
}
