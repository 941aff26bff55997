package dev.anneal.engine.export;

import dev.anneal.engine.export.head.HeadFormat;
import dev.anneal.engine.export.head.TargetConfig;
import dev.anneal.engine.export.head.TrainedHead;
import dev.anneal.engine.export.proof.Tolerance;
import dev.anneal.engine.export.weight.WeightRows;
import dev.anneal.engine.format.file.Folders;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.draft.HeadShape;
import dev.anneal.protocol.DraftFormat;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    private final ExportInputs request;
    private final SpeculativeDraft draft;

    HeadExport(HeadTarget target, Trained trained, ExportInputs request) {
        this.target = target;
        this.trained = trained;
        this.request = request;
        this.draft = Objects.requireNonNull(trained.draft(), "a head was trained as a draft");
    }

    /** @return the proof, for the manifest */
    Map<String, @Nullable Object> write(Path folder, ExportParts parts) throws IOException {
        parts.keep(List.of());
        Map<String, @Nullable Object> proof = new LinkedHashMap<>();
        proof.put("beta", 0.0);
        Path work = Files.createTempDirectory(folder.toAbsolutePath().getParent(), ".head-");
        try {
            DraftFormat format = Objects.requireNonNull(request.format(), "an export of a draft has a format");
            TargetConfig config = TargetConfig.read(target.base().directory().resolve(CompanionFiles.CONFIG));
            try (WeightDirectory own = WeightDirectory.open(trained.folder());
                    WeightDirectory weights = WeightDirectory.open(target.weights());
                    WeightRows rows =
                            trained.open(own, HeadShape.of(draft, config.sizes()), request.betweenTensors())) {
                TrainedHead head = new TrainedHead(draft, config, own, weights);
                HeadFolder.write(folder, head, rows, format, request.dtype(), request.betweenTensors());
                if (trained.adapterConfig() != null) {
                    rows.account();
                    rows.describe(proof);
                }
                prove(folder, HeadFormat.of(format, head), Files.createDirectory(work.resolve("exported")), proof);
            }
        } finally {
            Folders.delete(work);
        }
        return proof;
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
            List<TensorData> tensors = new ArrayList<>();
            for (TensorEntry entry : exported.tensors().values()) {
                String own = names.getOrDefault(entry.name(), entry.name());
                tensors.add(TensorData.of(own, entry.dtype(), entry.shape(), exported.bytes(entry.name())));
            }
            SafetensorsWriter.write(out.resolve(WeightDirectory.SINGLE_FILE), tensors);
        }
    }
}
