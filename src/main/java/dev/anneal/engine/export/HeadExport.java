package dev.anneal.engine.export;

import dev.anneal.engine.export.head.DraftHead;
import dev.anneal.engine.export.head.HeadFormat;
import dev.anneal.engine.export.head.TargetConfig;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a draft head, with its adapter merged, and the proof that it is the trained head: read back, it gives the same logits on the
 * target's states of the probe prompts.
 */
final class HeadExport {

    private final BaseModel base;
    private final Trained trained;
    private final ExportRequest request;
    private final SpeculativeDraft draft;

    HeadExport(BaseModel base, Trained trained, ExportRequest request) {
        this.base = base;
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
            TargetConfig target = TargetConfig.read(base.directory().resolve(CompanionFiles.CONFIG));
            Path merged = merged(work, target.sizes(), proof);
            try (SafetensorsFile tensors = SafetensorsFile.open(merged)) {
                DraftHead head = new DraftHead(draft, target, tensors);
                HeadFolder.write(folder, head, format, request.dtype(), request.betweenTensors());
                readBack(folder, HeadFormat.of(format, head), tensors, Files.createDirectory(work.resolve("exported")));
            }
            new HeadProof(base, trained, request).prove(work.resolve("exported"), Tolerance.of(folder), proof);
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

    /** Writes the weights of an exported folder under the engine's names. */
    private static void readBack(Path folder, HeadFormat format, SafetensorsFile head, Path out) throws IOException {
        try (SafetensorsFile exported = SafetensorsFile.open(folder.resolve(WeightDirectory.SINGLE_FILE))) {
            List<TensorData> tensors = new ArrayList<>();
            format.weights().forEach((own, name) -> tensors.add(renamed(exported, name, own)));
            if (head.tensors().containsKey(DraftHead.OFFSETS)) {
                tensors.add(renamed(exported, DraftHead.OFFSETS, DraftHead.OFFSETS));
            }
            SafetensorsWriter.write(out.resolve(WeightDirectory.SINGLE_FILE), tensors);
        }
    }

    private static TensorData renamed(SafetensorsFile file, String name, String newName) {
        TensorEntry entry = file.entry(name);
        return new TensorData(
                newName, entry.dtype(), entry.shape(), channel -> TensorData.writeFully(channel, file.bytes(name)));
    }
}
