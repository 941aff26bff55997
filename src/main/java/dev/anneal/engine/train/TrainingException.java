package dev.anneal.engine.train;

/** The end of a training that cannot go on. Checkpoints written before stay as they are. */
public final class TrainingException extends RuntimeException {

    private final Code code;
    private final int step;

    /** Why it cannot go on. */
    public enum Code {
        /** Loss or gradient is no number; trying again gives the same. */
        NON_FINITE_LOSS("non_finite_loss"),
        /** The model has been destroyed, see {@link Divergence}; trying again gives the same. */
        TRAINING_DIVERGED("training_diverged"),
        /** The grader gave no completion of a step a reward; trying again gives the same. */
        GRADER_FAILED("grader_failed"),
        /** Likewise, but because somebody whom it asks did not answer; another attempt may get answers. */
        GRADER_UNANSWERED("grader_failed"),
        /** No room for a checkpoint. */
        DISK_FULL("disk_full"),
        /** The checkpoint to resume from is damaged or incomplete. */
        CHECKPOINT_DAMAGED("checkpoint_damaged"),
        /** The checkpoint to resume from belongs to other settings, data or base model. */
        CHECKPOINT_MISMATCH("checkpoint_mismatch");

        private final String text;

        Code(String text) {
            this.text = text;
        }

        /** The code as the API writes it. */
        public String text() {
            return text;
        }
    }

    TrainingException(Code code, int step, String message) {
        super(message);
        this.code = code;
        this.step = step;
    }

    TrainingException(Code code, int step, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.step = step;
    }

    public Code code() {
        return code;
    }

    /** Optimizer steps that were done when it happened. */
    public int step() {
        return step;
    }
}
