package dev.anneal.engine.run;

import dev.anneal.engine.export.ExportInputs;
import dev.anneal.engine.export.ExportedBase;
import dev.anneal.engine.export.Exporter;
import dev.anneal.engine.export.FinishedExport;
import dev.anneal.engine.export.Trained;
import dev.anneal.engine.export.proof.ProbePrompts;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.draft.HeadShape;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.peft.ImportedAdapter;
import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.engine.train.state.CheckpointState;
import dev.anneal.protocol.ExportTask;
import dev.anneal.protocol.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Exports a checkpoint. Files that a stopped or killed attempt completed are reused by the next one on this host. */
final class ExportingTask {

    /** Kinds whose proof compares logits on prompts. */
    private static final Set<String> PROVED_ON_PROMPTS = Set.of("merged", "draft");

    private final ExportTask task;
    private final BaseModelFiles base;
    private final ProgressWriter progress;
    private final Pulse pulse;

    ExportingTask(ExportTask task, Channel channel) {
        this.task = task;
        this.base = new BaseModelFiles(task);
        this.progress = channel.progress();
        this.pulse = channel.pulse();
    }

    void run() throws IOException {
        ExportedBase model =
                new ExportedBase(task.model().id(), task.model().revision(), base.directory(), base.fingerprint());
        @Nullable String archive = task.adapterArchive();
        if (archive == null) {
            run(model, trained(Path.of(Objects.requireNonNull(task.checkpointDirectory(), "nothing to export"))));
            return;
        }
        Path values = Path.of(task.outputDirectory() + ".adapter.safetensors");
        values = values.resolveSibling("." + values.getFileName());
        try {
            run(model, Trained.elsewhere(values, imported(Path.of(archive), values), model));
        } finally {
            Files.deleteIfExists(values);
        }
    }

    private void run(ExportedBase model, Trained trained) throws IOException {
        ExportInputs request = new ExportInputs(
                task.exportId(),
                task.kind(),
                task.dtype(),
                task.format(),
                task.training(),
                PROVED_ON_PROMPTS.contains(task.kind()) ? probes() : List.of(),
                task.machine().device(),
                task.shardBytes(),
                pulse,
                progress::write);
        @Nullable String target = task.targetCheckpoint();
        Exporter exporter = new Exporter(model, trained, target == null ? null : trained(Path.of(target)));
        FinishedExport export = exporter.export(request, Path.of(task.outputDirectory()));
        progress.write(new Progress.Exported(JsonMapper.shared().writeValueAsString(export.proof()), export.files()));
    }

    /** Writes an uploaded adapter's values in the format of a checkpoint. */
    private AdapterConfig imported(Path archive, Path values) throws IOException {
        try (ImportedAdapter adapter = ImportedAdapter.open(archive, base.config())) {
            Files.createDirectories(values.resolveSibling("."));
            adapter.writeTo(values);
            return adapter.config();
        }
    }

    private Trained trained(Path folder) throws IOException {
        CheckpointFolder checkpoint = CheckpointFolder.open(folder);
        CheckpointState state = checkpoint.state();
        @Nullable
        AdapterConfig config =
                state.adapterConfig(HeadShape.projections(state.settings().method(), base.config()));
        return new Trained(
                config == null ? folder.resolve(WeightDirectory.SINGLE_FILE) : checkpoint.adapterFile(),
                config,
                config == null ? 0 : state.beta(),
                state.step(),
                state.totalSteps(),
                state.settings(),
                state.baseFingerprint(),
                state.targetFingerprint(),
                state.dataFingerprint());
    }

    private List<int[]> probes() throws IOException {
        @Nullable String file = task.probeFile();
        try (ModelTokenizer tokenizer = ModelTokenizer.open(base.directory())) {
            return ProbePrompts.encode(
                    ChatEncoder.of(tokenizer, task.templateTime()), file == null ? null : Path.of(file));
        }
    }
}
