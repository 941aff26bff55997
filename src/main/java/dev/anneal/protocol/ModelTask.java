package dev.anneal.protocol;

import java.time.Instant;

/** A task that reads a base model. */
public sealed interface ModelTask extends Task permits TrainTask, ExportTask, EvaluateTask {

    /** Base model that the task reads. */
    BaseModel model();

    /** What chat templates take for the present, in UTC: when the job or evaluation was created, so that each attempt makes the same tokens. */
    Instant templateTime();
}
