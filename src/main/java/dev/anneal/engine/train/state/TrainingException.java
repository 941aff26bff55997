package dev.anneal.engine.train.state;

import dev.anneal.protocol.WireName;

/** A training that cannot continue. Earlier checkpoints stay as they are. */
public final class TrainingException extends RuntimeException {

    private final Code code;
    private final int step;

    /** Why it cannot continue. */
    public enum Code implements WireName {
        /** Loss or gradient is not finite; a retry has the same result. */
        NON_FINITE_LOSS,
        /** The model is destroyed; a retry has the same result. */
        TRAINING_DIVERGED,
        /** No completion of a step has a reward; a retry has the same result. */
        GRADER_FAILED,
        /** The same, because a model or endpoint did not answer; a retry may succeed. */
        GRADER_UNANSWERED,
        /** No space for a checkpoint. */
        DISK_FULL,
        /** The checkpoint to resume from is damaged or incomplete. */
        CHECKPOINT_DAMAGED,
        /** The checkpoint to resume from belongs to other settings, data or base model. */
        CHECKPOINT_MISMATCH,
        /** The processes of the training do not have the same data, model, checkpoint or arithmetic. */
        RANKS_DIFFER;

        @Override
        public String wireName() {
            return this == GRADER_UNANSWERED ? GRADER_FAILED.wireName() : WireName.super.wireName();
        }
    }

    public TrainingException(Code code, int step, String message) {
        super(message);
        this.code = code;
        this.step = step;
    }

    public TrainingException(Code code, int step, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.step = step;
    }

    public Code code() {
        return code;
    }

    /** Optimizer steps done before the failure. */
    public int step() {
        return step;
    }
}
