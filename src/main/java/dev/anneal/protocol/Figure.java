package dev.anneal.protocol;

/**
 * A figure that the steps of every method have. It has one name everywhere: in the engine's progress, the table of
 * steps, the series, MLflow and the result file, whose columns are in this order. A method's further figures are named
 * by the method, as TRL names them.
 */
public enum Figure implements WireName {
    /** Epochs done so far, with fraction. */
    EPOCH,
    /** The method's loss; for supervised training the mean negative log-likelihood of the trained tokens, in nats. */
    TRAIN_LOSS,
    /** Share of trained tokens whose most likely prediction is right; absent if the method does not count them. */
    TRAIN_MEAN_TOKEN_ACCURACY,
    /** Annealing coefficient of this step. */
    BETA,
    /** Learning rate of this step. */
    LEARNING_RATE,
    /** Global norm of the gradient before clipping. */
    GRAD_NORM,
    /** Tokens read so far, all epochs, without padding. */
    TOKENS(true),
    /** How many of these were not computed, because the same beginning of another row of their step was. */
    SHARED_TOKENS(true),
    /** Trained tokens so far, all epochs. */
    TRAINED_TOKENS(true),
    /** Tokens of this step, without padding, divided by its duration. */
    TOKENS_PER_SECOND;

    private final boolean isCount;

    Figure() {
        this(false);
    }

    Figure(boolean isCount) {
        this.isCount = isCount;
    }

    /** Whether it is a whole number that grows from step to step. */
    public boolean isCount() {
        return isCount;
    }
}
