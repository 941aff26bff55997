package dev.anneal.engine.export;

import dev.anneal.engine.export.head.HeadException;
import dev.anneal.engine.export.head.HeadFormat;
import dev.anneal.engine.export.head.HeadWeights;
import dev.anneal.engine.export.head.TrainedHead;
import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.export.weight.PythonJson;
import dev.anneal.engine.export.weight.WeightType;
import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.protocol.DraftFormat;
import dev.anneal.protocol.WireName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of an EAGLE head: its configuration and its weights. */
public final class HeadFolder {

    private HeadFolder() {}

    /**
     * Writes the folder's files.
     *
     * @param folder exists
     * @param dtype as in {@link ExportRequest}; {@code base} is the type of the target's weights
     * @param betweenParts called between parts of the work; may throw to end it
     * @throws ExportException {@code unsupported_by_format} if the format cannot express the head,
     *     {@code non_finite_delta} if a weight is not finite in its type
     */
    public static void write(Path folder, TrainedHead head, DraftFormat format, String dtype, Runnable betweenParts)
            throws IOException {
        HeadFormat written = HeadFormat.of(format, head);
        written.obstacle().ifPresent(obstacle -> {
            throw new ExportException(ExportException.Code.UNSUPPORTED_BY_FORMAT, obstacle);
        });
        WeightType type = type(dtype, head);
        Files.writeString(
                folder.resolve(CompanionFiles.CONFIG), PythonJson.indented(written.config(type.wireName())) + "\n");
        HeadWeights weights = new HeadWeights(head, type.of(Dtype.F32), betweenParts);
        try {
            SafetensorsWriter.write(folder.resolve(WeightDirectory.SINGLE_FILE), weights.of(written));
        } catch (HeadException notFinite) {
            throw new ExportException(ExportException.Code.NON_FINITE_DELTA, String.valueOf(notFinite.getMessage()));
        }
    }

    /** A target whose type no head has is served in fp32. */
    private static WeightType type(String dtype, TrainedHead head) {
        WeightType asked = WeightType.named(dtype);
        return asked == WeightType.BASE
                ? WireName.find(WeightType.class, head.target().dtype()).orElse(WeightType.FLOAT32)
                : asked;
    }
}
