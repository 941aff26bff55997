package dev.anneal.engine.network.model;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.network.objective.TokenRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Golden files as plain arrays, and their padded batches as ragged rows. */
public final class GoldenTensors {

    public static final Path ROOT = Path.of("src/test/resources/golden");

    private GoldenTensors() {}

    public static Path path(String name) {
        return ROOT.resolve(name);
    }

    /** An fp32 tensor of a golden file, in row order. */
    public static float[] floats(String file, String tensor) {
        return floats(bytes(file, tensor));
    }

    private static float[] floats(ByteBuffer bytes) {
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    /** An int64 tensor of a golden file, in row order. */
    public static int[] ints(String file, String tensor) {
        ByteBuffer bytes = bytes(file, tensor);
        int[] values = new int[bytes.remaining() / Long.BYTES];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.toIntExact(bytes.getLong());
        }
        return values;
    }

    /** All tensors of a golden file of fp32 tensors. */
    public static Map<String, float[]> all(String file) {
        return all(path(file));
    }

    /** All tensors of a file of fp32 tensors. */
    public static Map<String, float[]> all(Path file) {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            for (TensorEntry entry : opened.tensors().values()) {
                tensors.put(entry.name(), floats(opened.bytes(entry.name())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tensors;
    }

    /** Rows of a padded matrix without their padding: as many leading columns of each as its mask has ones. */
    public static List<int[]> ragged(int[] values, int[] mask, int width) {
        List<int[]> rows = new ArrayList<>();
        for (int begin = 0; begin < values.length; begin += width) {
            int length = 0;
            while (length < width && mask[begin + length] == 1) {
                length++;
            }
            int[] row = new int[length];
            System.arraycopy(values, begin, row, 0, length);
            rows.add(row);
        }
        return rows;
    }

    /** The columns of a padded [rows, width, columns] tensor that belong to real tokens. */
    public static float[] unpadded(float[] values, TokenRows rows, int width, int columns) {
        float[] packed = new float[rows.tokens() * columns];
        for (int row = 0; row < rows.rows(); row++) {
            int length = rows.end(row) - rows.begin(row);
            System.arraycopy(values, row * width * columns, packed, rows.begin(row) * columns, length * columns);
        }
        return packed;
    }

    public static double largestDifference(float[] actual, float[] expected) {
        if (actual.length != expected.length) {
            throw new AssertionError("%d values instead of %d".formatted(actual.length, expected.length));
        }
        double largest = 0;
        for (int i = 0; i < actual.length; i++) {
            double difference = Math.abs(actual[i] - expected[i]);
            // A NaN anywhere must fail the comparison, and Math.max keeps it.
            largest = Math.max(largest, difference);
        }
        return largest;
    }

    private static ByteBuffer bytes(String file, String tensor) {
        try (SafetensorsFile opened = SafetensorsFile.open(path(file))) {
            return opened.bytes(tensor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
