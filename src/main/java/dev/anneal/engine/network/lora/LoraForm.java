package dev.anneal.engine.network.lora;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The matrices of a projection's adapter as those of an ordinary LoRA, whose product is the same: for G groups of signs
 * the rank is G r, A has for each group A times its signs, and a row of B is zero but for the columns of its group.
 */
public final class LoraForm {

    private static final String A = ".lora_A.weight";

    private final int groups;
    private final int rank;
    private final int inputs;
    private final int outputs;

    public LoraForm(AdapterConfig config, int inputs, int outputs) {
        this.groups = config.signGroups();
        this.rank = config.rank();
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /** @param trained [r, in]; the result is [G r, in] */
    public float[] a(float[] trained) {
        if (groups == 1) {
            return trained;
        }
        float[] wider = new float[groups * trained.length];
        for (int group = 0; group < groups; group++) {
            for (int i = 0; i < trained.length; i++) {
                int block = i % inputs / (inputs / groups);
                wider[group * trained.length + i] = trained[i] * Signs.of(group, block);
            }
        }
        return wider;
    }

    /** @param trained [out, r]; the result is [out, G r] */
    public float[] b(float[] trained) {
        if (groups == 1) {
            return trained;
        }
        float[] wider = new float[groups * trained.length];
        for (int row = 0; row < outputs; row++) {
            int group = row / (outputs / groups);
            System.arraycopy(trained, row * rank, wider, (row * groups + group) * rank, rank);
        }
        return wider;
    }

    /**
     * Writes an adapter's file as that of an ordinary LoRA; one tensor is in memory at a time.
     *
     * @param names of the written tensors, from those in the file
     */
    public static void write(Path file, AdapterConfig config, UnaryOperator<String> names, Path target)
            throws IOException {
        try (SafetensorsFile trained = SafetensorsFile.open(file)) {
            boolean sameNames = trained.tensors().keySet().stream()
                    .allMatch(name -> names.apply(name).equals(name));
            if (sameNames && config.signGroups() == 1) {
                DurableFiles.copyContent(file, target);
                return;
            }
            List<TensorData> tensors = new ArrayList<>();
            for (TensorEntry entry : trained.tensors().values()) {
                tensors.add(tensor(names.apply(entry.name()), trained, entry, config));
            }
            SafetensorsWriter.write(target, tensors);
        }
    }

    private static TensorData tensor(String name, SafetensorsFile file, TensorEntry entry, AdapterConfig config) {
        int rows = Math.toIntExact(entry.shape().get(0));
        int columns = Math.toIntExact(entry.shape().get(1));
        boolean isA = entry.name().endsWith(A);
        LoraForm form = isA ? new LoraForm(config, columns, 0) : new LoraForm(config, 0, rows);
        List<Long> shape = isA
                ? List.of((long) rows * config.signGroups(), (long) columns)
                : List.of((long) rows, (long) columns * config.signGroups());
        return new TensorData(name, Dtype.F32, shape, channel -> {
            float[] trained = values(file, entry);
            float[] wider = isA ? form.a(trained) : form.b(trained);
            ByteBuffer bytes = ByteBuffer.allocate(wider.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(wider);
            TensorData.writeFully(channel, bytes);
        });
    }

    private static float[] values(SafetensorsFile file, TensorEntry entry) throws IOException {
        FloatBuffer values =
                file.bytes(entry.name()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        float[] read = new float[values.remaining()];
        values.get(read);
        return read;
    }
}
