package dev.anneal.service.results.export;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.StrictObject;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants made of an adapter that it has uploaded.
 *
 * @param origin adapter, base model and the file to prove a merge on
 * @param form kind, type and name
 */
public record AdapterExportRequest(Export.OfAdapter origin, ExportRequest form) {

    /**
     * Reads the body of {@code POST /v1/fine_tuning/exports}.
     *
     * @throws Refusal naming the first key that is wrong
     */
    public static AdapterExportRequest read(StrictObject body) {
        String adapter = body.requiredText("adapter");
        String model = body.requiredText("model");
        @Nullable String validationFile = body.text("validation_file");
        ExportRequest form = ExportRequest.read(body, ExportKind.deployableOnes());
        if (form.checkpointId() != null) {
            throw body.invalid("checkpoint", "must be left out: an uploaded adapter has none", form.checkpointId());
        }
        if (validationFile != null && form.kind() != ExportKind.MERGED) {
            throw body.invalid("validation_file", "must be left out unless kind is 'merged'", validationFile);
        }
        return new AdapterExportRequest(new Export.OfAdapter(adapter, model, validationFile), form);
    }
}
