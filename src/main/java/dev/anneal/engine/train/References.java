package dev.anneal.engine.train;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/**
 * For each row the sum of its trained tokens' log-probabilities before the training. Checkpoints keep them, so a resumed training does not compute them
 * again and has the same ones on another kind of machine.
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record References(double[] training, double[] validation) {

    /** Name of their file in a checkpoint: two vectors, F64. */
    static final String FILE = "reference.safetensors";

    void write(Path file) throws IOException {
        SafetensorsWriter.write(file, List.of(tensor("training", training), tensor("validation", validation)));
    }

    static References read(Path file) throws IOException {
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            return new References(values(opened, "training"), values(opened, "validation"));
        }
    }

    private static TensorData tensor(String name, double[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        return new TensorData(
                name, Dtype.F64, List.of((long) values.length), channel -> TensorData.writeFully(channel, bytes));
    }

    private static double[] values(SafetensorsFile file, String name) throws IOException {
        ByteBuffer bytes = file.bytes(name).order(ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[bytes.remaining() / Double.BYTES];
        bytes.asDoubleBuffer().get(values);
        return values;
    }
}
