package dev.anneal.engine.format.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A small GGUF file read by the letter of ggml's description, with nothing of the writer's code.
 *
 * @param metadata values by key: strings, numbers, booleans, and lists of them
 * @param tensors by name
 */
public record GgufContents(Map<String, Object> metadata, Map<String, Tensor> tensors) {

    /**
     * A tensor.
     *
     * @param type ggml's number
     * @param shape outermost dimension first
     * @param data its bytes, little-endian
     */
    public record Tensor(int type, List<Long> shape, ByteBuffer data) {

        /** Its numbers, of types F32, F16, BF16 and Q8_0. */
        public double[] numbers() {
            int count = (int) shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
            double[] numbers = new double[count];
            double scale = 0;
            ByteBuffer from = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < count; i++) {
                if (type == 8 && i % 32 == 0) {
                    scale = half(from.getShort());
                }
                numbers[i] = switch (type) {
                    case 0 -> from.getFloat();
                    case 1 -> half(from.getShort());
                    case 8 -> from.get() * scale;
                    case 30 -> Float.intBitsToFloat(from.getShort() << 16);
                    default -> throw new IllegalArgumentException("tensor type " + type);
                };
            }
            return numbers;
        }

        private static double half(short bits) {
            int exponent = bits >> 10 & 31;
            int fraction = bits & 1023;
            double size = exponent == 0
                    ? fraction * Math.pow(2, -24)
                    : (1 + fraction / 1024.0) * Math.pow(2, exponent - 15.0);
            return bits < 0 ? -size : size;
        }
    }

    public Tensor tensor(String name) {
        return Objects.requireNonNull(tensors.get(name), () -> "no tensor " + name + " among " + tensors.keySet());
    }

    /** The items of an array. */
    public List<Object> list(String key) {
        return metadata.get(key) instanceof List<?> items ? new ArrayList<>(items) : List.of();
    }

    public static GgufContents read(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        if (!new String(bytes(in, 4), UTF_8).equals("GGUF") || in.getInt() != 3) {
            throw new IOException("no GGUF of version 3");
        }
        long tensorCount = in.getLong();
        long valueCount = in.getLong();
        Map<String, Object> metadata = new LinkedHashMap<>();
        for (long i = 0; i < valueCount; i++) {
            String key = string(in);
            metadata.put(key, value(in, in.getInt()));
        }
        return new GgufContents(metadata, tensors(in, tensorCount));
    }

    private static Map<String, Tensor> tensors(ByteBuffer in, long count) throws IOException {
        List<String> names = new ArrayList<>();
        List<List<Long>> shapes = new ArrayList<>();
        List<int[]> typeAndOffset = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            names.add(string(in));
            List<Long> shape = new ArrayList<>();
            for (int dimensions = in.getInt(); dimensions > 0; dimensions--) {
                shape.add(in.getLong());
            }
            Collections.reverse(shape);
            shapes.add(shape);
            typeAndOffset.add(new int[] {in.getInt(), (int) in.getLong()});
        }
        int begin = (in.position() + 31) / 32 * 32;
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            int offset = typeAndOffset.get(i)[1];
            if (offset % 32 != 0) {
                throw new IOException("tensor '" + names.get(i) + "' begins at " + offset + ", which is not aligned");
            }
            int end = i + 1 < names.size() ? typeAndOffset.get(i + 1)[1] : in.limit() - begin;
            tensors.put(
                    names.get(i),
                    new Tensor(typeAndOffset.get(i)[0], shapes.get(i), in.slice(begin + offset, end - offset)));
        }
        return tensors;
    }

    private static Object value(ByteBuffer in, int type) {
        return switch (type) {
            case 4, 5 -> in.getInt();
            case 6 -> in.getFloat();
            case 7 -> in.get() == 1;
            case 8 -> string(in);
            case 9 -> {
                int item = in.getInt();
                long count = in.getLong();
                List<Object> items = new ArrayList<>();
                for (long i = 0; i < count; i++) {
                    items.add(value(in, item));
                }
                yield items;
            }
            default -> throw new IllegalArgumentException("value type " + type);
        };
    }

    private static String string(ByteBuffer in) {
        return new String(bytes(in, (int) in.getLong()), UTF_8);
    }

    private static byte[] bytes(ByteBuffer in, int count) {
        byte[] bytes = new byte[count];
        in.get(bytes);
        return bytes;
    }
}
