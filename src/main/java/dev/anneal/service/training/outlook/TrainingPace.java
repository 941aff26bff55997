package dev.anneal.service.training.outlook;

/**
 * Speed of trainings of a model.
 *
 * @param basis what tells the speed
 * @param startSeconds time from the claim to the first step
 * @param operationsPerSecond floating-point operations per second in steps
 * @param validationSeconds duration of a validation; 0 if there was none, or if it counts by its operations
 * @param checkpointSeconds duration of a checkpoint; 0 if there was none
 * @param closingSeconds time from the last checkpoint to the end of the job
 */
record TrainingPace(
        ExpectedDuration.Basis basis,
        double startSeconds,
        double operationsPerSecond,
        double validationSeconds,
        double checkpointSeconds,
        double closingSeconds) {

    /** Duration from the claim to the end. */
    double secondsOf(Remaining remaining) {
        return startSeconds
                + remaining.operations() / operationsPerSecond
                + remaining.validations() * validationSeconds
                + remaining.checkpoints() * checkpointSeconds
                + closingSeconds;
    }
}
