package dev.anneal.service.export;

import dev.anneal.protocol.TrainingRecord;
import dev.anneal.service.history.Checkpoint;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a worker that has claimed an export is to do.
 *
 * @param jobCreatedAt when the job was created
 * @param model id of the base model
 * @param dtype as in {@link ExportRequest}
 * @param training what the card of the export says about it
 * @param probeFile id of the uploaded file whose first rows join the probe prompts, or null
 */
public record ExportOrder(
        String tenantId,
        String exportId,
        String jobId,
        Instant jobCreatedAt,
        String model,
        ExportKind kind,
        String dtype,
        TrainingRecord training,
        Checkpoint checkpoint,
        @Nullable String probeFile) {}
