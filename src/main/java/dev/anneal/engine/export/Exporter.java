package dev.anneal.engine.export;

import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.export.weight.PythonJson;
import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.Sha256;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AnnealingSchedule;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes deployable weights from a checkpoint: refuses exports that would not equal the trained model, proves the
 * others, and publishes them atomically.
 */
public final class Exporter {

    private static final String MANIFEST = "manifest.json";
    private static final String TRAINING_STATE = "training_state";

    private final ExportedBase base;
    private final Trained trained;
    private final @Nullable Trained target;

    /** @param target what the target of a head was trained to; null if it is the base model, or no head is exported */
    public Exporter(ExportedBase base, Trained trained, @Nullable Trained target) {
        this.base = base;
        this.trained = trained;
        this.target = target;
    }

    /** Writes the files of one kind of export into a folder. */
    @FunctionalInterface
    private interface Kind {
        /**
         * @param parts files of an earlier attempt that are reused
         * @return the proof, for the manifest
         * @throws ExportException if it fails
         */
        Map<String, @Nullable Object> write(Path folder, ExportParts parts) throws IOException;
    }

    /**
     * Writes an export. After a failure nothing is left of it; if it is stopped, complete files are kept beside the
     * target for the next attempt.
     *
     * @param output folder that does not exist yet
     * @throws ExportException if the export is refused or its proof fails
     */
    public FinishedExport export(ExportInputs request, Path output) throws IOException {
        requireSameBase();
        Kind kind = kind(request);
        if (trained.beta() != 0.0 && !request.kind().equals(TRAINING_STATE)) {
            throw new ExportException(ExportException.Code.ADAPTER_NOT_ANNEALED, notAnnealed());
        }
        try (StagedDirectory staged = StagedDirectory.beside(output)) {
            try {
                return export(request, kind, staged, output);
            } catch (CancellationException stopped) {
                staged.keep();
                throw stopped;
            }
        }
    }

    /** The possible kinds, by name. */
    private Map<String, Kind> kinds(ExportInputs request) {
        Map<String, Kind> kinds = new LinkedHashMap<>();
        TrainingMethod.@Nullable SpeculativeDraft draft = trained.draft();
        if (draft == null || !draft.trainsHead()) {
            putModels(request, kinds);
        }
        if (draft != null && !draft.trainsHead()) {
            kinds.put("draft", writingMerged(request));
        }
        if (draft != null && draft.trainsHead()) {
            HeadTarget verifier = new HeadTarget(base, target);
            kinds.put("draft", (folder, parts) -> new HeadExport(verifier, trained, request).write(folder, parts));
        }
        if (trained.settings() != null) {
            kinds.put(TRAINING_STATE, this::writeTrainingState);
        }
        return kinds;
    }

    private void putModels(ExportInputs request, Map<String, Kind> kinds) {
        kinds.put("merged", writingMerged(request));
        kinds.put("gguf", (folder, parts) -> new GgufModel(base, trained, request).write(folder, parts));
        AdapterConfig config = trained.adapterConfig();
        if (config != null) {
            kinds.put("adapter", (folder, parts) -> PeftAdapter.write(folder, parts, base, trained, config));
        }
    }

    private Kind writingMerged(ExportInputs request) {
        return (folder, parts) -> new MergedModel(base, trained, request).write(folder, parts);
    }

    private Kind kind(ExportInputs request) {
        Map<String, Kind> kinds = kinds(request);
        Kind kind = kinds.get(request.kind());
        if (kind == null) {
            throw new ExportException(
                    ExportException.Code.INVALID_EXPORT,
                    "kind must be one of %s for these weights, found '%s'".formatted(kinds.keySet(), request.kind()));
        }
        return kind;
    }

    /**
     * Copies the whole checkpoint for further training. While beta is above 0 its adapter is not a LoRA and must not be
     * served as one.
     */
    private Map<String, @Nullable Object> writeTrainingState(Path folder, ExportParts parts) throws IOException {
        parts.keep(List.of());
        List<Path> files;
        try (Stream<Path> children = Files.list(trained.folder())) {
            files = children.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            DurableFiles.copyContent(file, folder.resolve(String.valueOf(file.getFileName())));
        }
        Map<String, @Nullable Object> proof = new LinkedHashMap<>();
        proof.put("beta", trained.beta());
        proof.put("non_equivalent", trained.beta() != 0);
        return proof;
    }

    private FinishedExport export(ExportInputs request, Kind kind, StagedDirectory staged, Path output)
            throws IOException {
        ExportParts parts = new ExportParts(staged, inputs(request), request);
        Map<String, @Nullable Object> proof = kind.write(staged.path(), parts);
        ModelCard.write(staged.path(), request, base, trained, proof);
        List<Progress.Exported.File> files = new ArrayList<>();
        for (Path file : staged.files()) {
            files.add(fileOf(file, parts.sha256(file)));
        }
        Map<String, @Nullable Object> manifest = Manifest.of(request, base, trained, proof, files);
        Files.writeString(staged.path().resolve(MANIFEST), PythonJson.indented(manifest) + "\n");
        staged.publish();
        Path published = output.resolve(MANIFEST);
        files.add(fileOf(published, Sha256.of(published)));
        return new FinishedExport(proof, files);
    }

    private String inputs(ExportInputs request) throws IOException {
        return String.join(
                "\n",
                request.kind(),
                request.dtype(),
                base.fingerprint(),
                Sha256.of(trained.weights(), request.betweenTensors()),
                String.valueOf(trained.adapterConfig()));
    }

    private static Progress.Exported.File fileOf(Path path, String sha256) throws IOException {
        return new Progress.Exported.File(String.valueOf(path.getFileName()), Files.size(path), sha256);
    }

    private void requireSameBase() {
        if (!base.fingerprint().equals(trained.baseFingerprint())) {
            throw new ExportException(
                    ExportException.Code.BASE_MODEL_CHANGED,
                    "the checkpoint was trained on a base model with the fingerprint %s, but %s now has %s"
                            .formatted(trained.baseFingerprint(), base.id(), base.fingerprint()));
        }
    }

    private String notAnnealed() {
        AnnealingSchedule schedule = Objects.requireNonNull(trained.adapterConfig(), "only an adapter is annealed")
                .schedule();
        int annealed = trained.step();
        while (schedule.betaAt(annealed, trained.totalSteps()) != 0) {
            annealed++;
        }
        return "beta is %s after step %d; it becomes 0 at step %d of %d, and only then is the adapter a LoRA"
                .formatted(trained.beta(), trained.step(), annealed, trained.totalSteps());
    }
}
