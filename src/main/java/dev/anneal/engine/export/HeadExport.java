package dev.anneal.engine.export;

import dev.anneal.engine.export.head.HeadFormat;
import dev.anneal.engine.export.head.TargetConfig;
import dev.anneal.engine.export.head.TrainedHead;
import dev.anneal.engine.export.proof.Tolerance;
import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.format.file.Folders;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.draft.HeadMerge;
import dev.anneal.engine.network.draft.HeadShape;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.protocol.DraftFormat;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a draft head, with its adapter merged, and the proof that it is the trained head: read back, it gives
 * the same logits on the target's states of the probe prompts.
 */
final class HeadExport {

    private final HeadTarget target;
    private final Trained trained;
    private final ExportRequest request;
    private final SpeculativeDraft draft;

    HeadExport(HeadTarget target, Trained trained, ExportRequest request) {
        this.target = target;
        this.trained = trained;
        this.request = request;
        this.draft = Objects.requireNonNull(trained.draft(), "a head was trained as a draft");
    }

    /** @return the proof, for the manifest */
    Map<String, @Nullable Object> write(Path folder, Parts parts) throws IOException {
        parts.keep(List.of());
        Map<String, @Nullable Object> proof = new LinkedHashMap<>();
        proof.put("beta", 0.0);
        Path work = Files.createTempDirectory(folder.toAbsolutePath().getParent(), ".head-");
        try {
            DraftFormat format = Objects.requireNonNull(request.format(), "an export of a draft has a format");
            TargetConfig config = TargetConfig.read(target.base().directory().resolve(CompanionFiles.CONFIG));
            Path merged = merged(work, config.sizes(), proof);
            try (SafetensorsFile tensors = SafetensorsFile.open(merged);
                    WeightDirectory weights = WeightDirectory.open(target.weights())) {
                TrainedHead head = new TrainedHead(draft, config, tensors, weights);
                HeadFolder.write(folder, head, format, request.dtype(), request.betweenTensors());
                prove(folder, HeadFormat.of(format, head), Files.createDirectory(work.resolve("exported")), proof);
            }
        } finally {
            Folders.delete(work);
        }
        return proof;
    }

    /** File of the head with its adapter merged. */
    private Path merged(Path work, ModelConfig target, Map<String, @Nullable Object> proof) throws IOException {
        Path head = trained.folder().resolve(WeightDirectory.SINGLE_FILE);
        @Nullable AdapterConfig adapter = trained.adapterConfig();
        if (adapter == null) {
            return head;
        }
        Path out = work.resolve("merged.safetensors");
        HeadMerge.Merged merged = HeadMerge.write(head, trained.weights(), adapter, HeadShape.of(draft, target), out);
        proof.put("tensors_targeted", merged.targets());
        proof.put("tensors_changed", merged.changed());
        if (merged.changed() < merged.targets()) {
            throw new ExportException(
                    ExportException.Code.MERGE_INCOMPLETE,
                    "the adapter targets %d tensors but changes only %d".formatted(merged.targets(), merged.changed()));
        }
        return out;
    }

    /**
     * Proves that a folder is the trained head.
     *
     * @param work empty folder
     */
    void prove(Path folder, HeadFormat format, Path work, Map<String, @Nullable Object> proof) throws IOException {
        readBack(folder, format, work);
        new HeadProof(target, trained, request)
                .prove(work, format.shape(folder.resolve(CompanionFiles.CONFIG)), Tolerance.of(folder), proof);
    }

    /** Writes the tensors of an exported folder under the engine's names. */
    private static void readBack(Path folder, HeadFormat format, Path out) throws IOException {
        Map<String, String> names = new LinkedHashMap<>();
        format.weights().forEach((own, name) -> names.put(name, own));
        try (SafetensorsFile exported = SafetensorsFile.open(folder.resolve(WeightDirectory.SINGLE_FILE))) {
            List<TensorData> tensors = exported.tensors().keySet().stream()
                    .map(name -> renamed(exported, name, names.getOrDefault(name, name)))
                    .toList();
            SafetensorsWriter.write(out.resolve(WeightDirectory.SINGLE_FILE), tensors);
        }
    }

    private static TensorData renamed(SafetensorsFile file, String name, String newName) {
        TensorEntry entry = file.entry(name);
        return new TensorData(
                newName, entry.dtype(), entry.shape(), channel -> TensorData.writeFully(channel, file.bytes(name)));
    }
}
