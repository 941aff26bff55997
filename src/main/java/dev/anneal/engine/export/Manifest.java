package dev.anneal.engine.export;

import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.protocol.Progress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code manifest.json}: origin, files and proof of an export. Written last. */
final class Manifest {

    /** Incremented when the meaning of a key changes. */
    private static final int FORMAT = 1;

    private Manifest() {}

    static Map<String, @Nullable Object> of(
            ExportInputs request,
            ExportedBase base,
            Trained trained,
            Map<String, @Nullable Object> proof,
            List<Progress.Exported.File> files) {
        Map<String, @Nullable Object> manifest = new LinkedHashMap<>();
        manifest.put("format", FORMAT);
        manifest.put("export_id", request.id());
        manifest.put("kind", request.kind());
        manifest.put("dtype", request.dtype());
        Map<String, @Nullable Object> model = new LinkedHashMap<>();
        model.put("id", base.id());
        model.put("revision", base.revision());
        model.put("sha256", base.fingerprint());
        manifest.put("base_model", model);
        @Nullable AdapterConfig config = trained.adapterConfig();
        manifest.put("adapter", config == null ? null : adapterKeys(config, trained));
        @Nullable DraftGuide draft = DraftGuide.of(request, trained);
        if (draft != null) {
            manifest.put("draft", draft.keys());
        }
        boolean elsewhere = trained.settings() == null;
        manifest.put("step", elsewhere ? null : trained.step());
        manifest.put("total_steps", elsewhere ? null : trained.totalSteps());
        manifest.put("proof", proof);
        manifest.put("files", files.stream().map(Manifest::fileKeys).toList());
        return manifest;
    }

    private static Map<String, @Nullable Object> adapterKeys(AdapterConfig config, Trained trained) {
        Map<String, @Nullable Object> keys = new LinkedHashMap<>();
        keys.put("rank", config.rank());
        keys.put("alpha", config.alpha());
        keys.put("rslora", config.rslora());
        keys.put("sign_groups", config.signGroups());
        keys.put("dropout", config.dropout());
        keys.put("activation", config.activation().wireName());
        keys.put(
                "target_modules",
                config.targets().stream().map(Projection::shortName).toList());
        Map<String, @Nullable Object> schedule = new LinkedHashMap<>();
        schedule.put("shape", config.schedule().shape().wireName());
        schedule.put("start", config.schedule().start());
        schedule.put("end", config.schedule().end());
        keys.put("schedule", schedule);
        keys.put("beta", trained.beta());
        if (trained.settings() != null) {
            keys.put("step", trained.step());
            keys.put("total_steps", trained.totalSteps());
        }
        return keys;
    }

    private static Map<String, @Nullable Object> fileKeys(Progress.Exported.File file) {
        Map<String, @Nullable Object> keys = new LinkedHashMap<>();
        keys.put("name", file.name());
        keys.put("bytes", file.bytes());
        keys.put("sha256", file.sha256());
        return keys;
    }
}
