package dev.anneal.protocol;

import java.time.Instant;

/** A task that reads a base model. */
public sealed interface ModelTask extends Task permits TrainTask, ExportTask, EvaluateTask {

    /** The base model. */
    BaseModel model();

    /**
     * Current time for chat templates, in UTC: the creation time of the job or evaluation, so that all attempts make
     * the same tokens.
     */
    Instant templateTime();
}
