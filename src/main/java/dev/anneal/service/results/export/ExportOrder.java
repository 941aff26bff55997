package dev.anneal.service.results.export;

import dev.anneal.protocol.TrainingRecord;
import dev.anneal.service.training.history.Checkpoint;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The task of a worker that has claimed an export.
 *
 * @param folder name of the folder of the tenant that its files go to
 * @param createdAt the current time of chat templates
 * @param model id of the base model
 * @param modelRevision commit of the Hub that it must be; null for one from the operator's folder
 * @param dtype as in {@link ExportRequest}
 * @param training what the card of the export says about it
 * @param checkpoint what it is made from; null for an uploaded adapter
 * @param adapterFile id of the uploaded archive that it is made from; null for a checkpoint
 * @param probeFile id of the uploaded file whose first rows join the probe prompts, or null
 */
public record ExportOrder(
        String tenantId,
        String exportId,
        String folder,
        Instant createdAt,
        String model,
        @Nullable String modelRevision,
        ExportKind kind,
        String dtype,
        TrainingRecord training,
        @Nullable Checkpoint checkpoint,
        @Nullable String adapterFile,
        @Nullable String probeFile) {}
