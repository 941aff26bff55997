package dev.anneal.service.results.export;

import dev.anneal.protocol.TrainingRecord;
import dev.anneal.service.training.history.Checkpoint;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The task of a worker that has claimed an export.
 *
 * @param folder name of the tenant's folder for its files
 * @param templateTime the current time of chat templates
 * @param model id of the base model
 * @param training facts for the export's model card
 * @param checkpoint the checkpoint to export; null for an uploaded adapter
 * @param target checkpoint of a head's tuned target; null if its target is the base model, and for other exports
 * @param probeFile id of the uploaded file whose first rows are added to the probe prompts, or null
 */
public record ExportOrder(
        Export export,
        String folder,
        Instant templateTime,
        String model,
        TrainingRecord training,
        @Nullable Checkpoint checkpoint,
        @Nullable Checkpoint target,
        @Nullable String probeFile) {}
