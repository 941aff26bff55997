package dev.anneal.engine.export;

import dev.anneal.engine.export.head.HeadFormat;
import dev.anneal.engine.export.head.TrainedHead;
import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.export.weight.PythonJson;
import dev.anneal.engine.export.weight.TrainedRows;
import dev.anneal.engine.export.weight.WeightRows;
import dev.anneal.engine.export.weight.WeightType;
import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.draft.DraftVocabulary;
import dev.anneal.engine.network.draft.EagleNames;
import dev.anneal.protocol.DraftFormat;
import dev.anneal.protocol.WireName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folder of an EAGLE head: its configuration and its weights. */
public final class HeadFolder {

    private HeadFolder() {}

    /**
     * Writes the folder's files.
     *
     * @param folder exists
     * @param rows rows of the head's weights, its adapter merged into them
     * @param dtype as in {@link ExportInputs}; {@code base} is the type of the target's weights
     * @param betweenParts called between parts of the work; may throw to end it
     * @throws ExportException {@code unsupported_by_format} if the format cannot express the head,
     *     {@code non_finite_delta} if a weight is not finite in its type
     */
    public static void write(
            Path folder, TrainedHead head, WeightRows rows, DraftFormat format, String dtype, Runnable betweenParts)
            throws IOException {
        HeadFormat written = HeadFormat.of(format, head);
        head.fault().or(written::obstacle).ifPresent(obstacle -> {
            throw new ExportException(ExportException.Code.UNSUPPORTED_BY_FORMAT, obstacle);
        });
        WeightType type = type(dtype, head);
        Files.writeString(
                folder.resolve(CompanionFiles.CONFIG), PythonJson.indented(written.config(type.wireName())) + "\n");
        List<TensorData> tensors = new ArrayList<>();
        MergedWeights own = new MergedWeights(head.tensors(), rows, type, MergedWeights.BLOCK_BYTES);
        written.weights()
                .forEach((trained, name) ->
                        tensors.add(own.tensor(name, head.tensors().entry(trained))));
        if (written.hasEmbedding() && !head.has(EagleNames.EMBEDDING)) {
            WeightDirectory target = head.targetWeights();
            WeightRows ofTarget = new TrainedRows(target, head.tensors(), betweenParts);
            tensors.add(new MergedWeights(target, ofTarget, type, MergedWeights.BLOCK_BYTES)
                    .tensor(EagleNames.EMBEDDING, target.entry(CheckpointTensors.EMBEDDING)));
        }
        written.zeros().forEach((name, length) -> tensors.add(zeros(name, type.of(Dtype.F32), length)));
        if (head.isReduced()) {
            DraftVocabulary vocabulary = DraftVocabulary.read(head.tensors(), head.targetVocabulary());
            tensors.add(EagleNames.offsets(vocabulary));
            tensors.add(EagleNames.members(vocabulary));
        }
        SafetensorsWriter.write(folder.resolve(WeightDirectory.SINGLE_FILE), tensors);
    }

    private static TensorData zeros(String name, Dtype dtype, int length) {
        return TensorData.of(
                name, dtype, List.of((long) length), ByteBuffer.allocate(length * dtype.bits() / Byte.SIZE));
    }

    /** A target whose type no head has is served in fp32. */
    private static WeightType type(String dtype, TrainedHead head) {
        WeightType asked = WeightType.named(dtype);
        return asked == WeightType.BASE
                ? WireName.find(WeightType.class, head.target().dtype()).orElse(WeightType.FLOAT32)
                : asked;
    }
}
