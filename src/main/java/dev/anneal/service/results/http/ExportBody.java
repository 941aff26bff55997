package dev.anneal.service.results.http;

import dev.anneal.service.queue.Waiting;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.results.export.Export;
import dev.anneal.service.results.export.ExportKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The object {@code fine_tuning.job.export}. */
record ExportBody(
        String id,
        String object,
        @Nullable String jobId,
        @Nullable String checkpoint,
        @Nullable Integer stepNumber,
        @Nullable String adapter,
        @Nullable String model,
        double beta,
        Instant createdAt,
        @Nullable Instant finishedAt,
        String status,
        @Nullable WorkError error,
        @Nullable Waiting waitingFor,
        String kind,
        @Nullable String dtype,
        @Nullable String ggufType,
        @Nullable String format,
        @Nullable String name,
        boolean nonEquivalent,
        @Nullable Map<String, Object> proof,
        List<FileBody> files) {

    /** A file of an export and its address. */
    record FileBody(String name, long bytes, String sha256, String url) {}

    /** Path of an export, of the job or of none. */
    static String path(Export export, @Nullable String jobId) {
        return "/v1/fine_tuning/" + (jobId == null ? "" : "jobs/" + jobId + "/") + "exports/" + export.id();
    }

    /** @param jobId job that the export is made from; null for an uploaded adapter */
    static ExportBody of(Export export, @Nullable String jobId) {
        Export.Result result = export.result();
        Optional<Export.OfCheckpoint> checkpoint = export.checkpoint();
        Optional<Export.OfAdapter> adapter = export.adapter();
        String url = path(export, jobId) + "/files/";
        List<FileBody> files = result == null
                ? List.of()
                : result.files().stream()
                        .map(file -> new FileBody(file.name(), file.bytes(), file.sha256(), url + file.name()))
                        .toList();
        return new ExportBody(
                export.id(),
                "fine_tuning.job.export",
                jobId,
                checkpoint.map(Export.OfCheckpoint::checkpointId).orElse(null),
                checkpoint.map(Export.OfCheckpoint::step).orElse(null),
                adapter.map(Export.OfAdapter::fileId).orElse(null),
                adapter.map(Export.OfAdapter::model).orElse(null),
                checkpoint.map(Export.OfCheckpoint::beta).orElse(0.0),
                export.createdAt(),
                export.work().finishedAt(),
                export.work().state().wireName(),
                export.work().error(),
                export.work().waiting(),
                export.kind().wireName(),
                export.kind() == ExportKind.GGUF ? null : export.dtype(),
                export.kind() == ExportKind.GGUF ? export.dtype() : null,
                export.format() == null ? null : export.format().wireName(),
                export.name(),
                !export.kind().isDeployable(),
                result == null ? null : result.proof(),
                files);
    }
}
