package dev.anneal.engine.format.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anneal.engine.format.json.JsonFault;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** Reads the JSON header of a file. Every offset is checked against the file's size before it is used. */
final class HeaderParser {

    /**
     * More than any real file has (shards of the largest public models have some thousands), but a bound on the cost of
     * a hostile header.
     */
    static final int MAX_TENSORS = 100_000;

    private static final int MAX_RANK = 16;
    private static final String METADATA = "__metadata__";

    /** Refuses duplicate keys, which other readers resolve differently. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path file;
    private final long dataStart;
    private final long fileSize;
    private final List<TensorEntry> tensors = new ArrayList<>();

    private HeaderParser(Path file, long dataStart, long fileSize) {
        this.file = file;
        this.dataStart = dataStart;
        this.fileSize = fileSize;
    }

    /**
     * @param json the header's bytes, without the length before them
     * @param dataStart offset of the first byte after the header
     */
    static List<TensorEntry> parse(Path file, byte[] json, long dataStart, long fileSize) {
        if (json.length == 0 || json[0] != '{') {
            throw new SafetensorsException(file, "the header must begin with '{'");
        }
        HeaderParser parser = new HeaderParser(file, dataStart, fileSize);
        // Decoded separately: the library would also accept UTF-16, and the decoder refuses malformed UTF-8.
        try (JsonParser tokens = JSON.createParser(
                ObjectReadContext.empty(), new InputStreamReader(new ByteArrayInputStream(json), UTF_8.newDecoder()))) {
            parser.header(tokens);
        } catch (JacksonException e) {
            throw new SafetensorsException(file, "the header is not valid JSON: " + JsonFault.of(e), e);
        }
        return parser.contiguous();
    }

    private void header(JsonParser tokens) {
        expect(tokens.nextToken() == JsonToken.START_OBJECT, "the header must be a JSON object");
        for (String name = tokens.nextName(); name != null; name = tokens.nextName()) {
            tokens.nextToken();
            if (name.equals(METADATA)) {
                metadata(tokens);
            } else {
                expect(tensors.size() < MAX_TENSORS, "a file may hold at most " + MAX_TENSORS + " tensors");
                tensors.add(tensor(name, tokens));
            }
        }
        expect(tokens.currentToken() == JsonToken.END_OBJECT, "the header must be a JSON object");
        expect(tokens.nextToken() == null, "nothing but spaces may follow the header's JSON object");
    }

    private void metadata(JsonParser tokens) {
        expect(tokens.currentToken() == JsonToken.START_OBJECT, METADATA + " must be an object of strings");
        int entries = 0;
        for (String key = tokens.nextName(); key != null; key = tokens.nextName()) {
            expect(tokens.nextToken() == JsonToken.VALUE_STRING, METADATA + " key '" + key + "' must hold a string");
            expect(++entries <= MAX_TENSORS, METADATA + " may hold at most " + MAX_TENSORS + " entries");
        }
    }

    private TensorEntry tensor(String name, JsonParser tokens) {
        String where = "tensor '" + name + "'";
        expect(tokens.currentToken() == JsonToken.START_OBJECT, where + " must be described by an object");
        @Nullable Dtype dtype = null;
        @Nullable List<Long> shape = null;
        @Nullable List<Long> offsets = null;
        for (String key = tokens.nextName(); key != null; key = tokens.nextName()) {
            tokens.nextToken();
            switch (key) {
                case "dtype" -> dtype = dtype(where, tokens);
                case "shape" -> shape = integers(where + " key 'shape'", MAX_RANK, tokens);
                case "data_offsets" -> offsets = integers(where + " key 'data_offsets'", 2, tokens);
                default -> throw new SafetensorsException(file, where + " has the unknown key '" + key + "'");
            }
        }
        if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
            throw new SafetensorsException(file, where + " needs dtype, shape and two data_offsets");
        }
        return checked(where, name, dtype, shape, offsets);
    }

    private Dtype dtype(String where, JsonParser tokens) {
        expect(tokens.currentToken() == JsonToken.VALUE_STRING, where + " key 'dtype' must be a string");
        String name = tokens.getString();
        return Dtype.named(name)
                .orElseThrow(() -> new SafetensorsException(file, where + " has the unknown dtype '" + name + "'"));
    }

    private List<Long> integers(String where, int atMost, JsonParser tokens) {
        expect(tokens.currentToken() == JsonToken.START_ARRAY, where + " must be a list of integers");
        List<Long> integers = new ArrayList<>();
        while (tokens.nextToken() != JsonToken.END_ARRAY) {
            expect(tokens.currentToken() == JsonToken.VALUE_NUMBER_INT, where + " must be a list of integers");
            long value = tokens.getLongValue();
            expect(value >= 0, where + " holds the negative number " + value);
            expect(integers.size() < atMost, where + " has more than " + atMost + " entries");
            integers.add(value);
        }
        return integers;
    }

    private TensorEntry checked(String where, String name, Dtype dtype, List<Long> shape, List<Long> offsets) {
        long begin = offsets.get(0);
        long end = offsets.get(1);
        long available = fileSize - dataStart;
        expect(begin <= end, where + " begins at byte " + begin + " but ends at byte " + end);
        expect(end <= available, where + " ends at byte " + end + " of the data but the file has " + available);
        long needed;
        try {
            needed = TensorEntry.bytesOf(dtype, shape);
        } catch (ArithmeticException e) {
            throw new SafetensorsException(file, where + " of " + dtype + " " + shape + ": " + e.getMessage(), e);
        }
        expect(
                end - begin == needed,
                where + " of " + dtype + " " + shape + " needs " + needed + " bytes but has " + (end - begin));
        return new TensorEntry(name, dtype, shape, dataStart + begin, dataStart + end);
    }

    /**
     * The tensors by offset, after checking that they cover the data from its first to its last byte without gap or
     * overlap.
     */
    private List<TensorEntry> contiguous() {
        tensors.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
        long position = dataStart;
        for (TensorEntry tensor : tensors) {
            expect(
                    tensor.begin() == position,
                    "tensor '" + tensor.name() + "' begins at byte " + tensor.begin()
                            + " but the one before it ends at " + position);
            position = tensor.end();
        }
        expect(position == fileSize, "the tensors end at byte " + position + " but the file has " + fileSize);
        return List.copyOf(tensors);
    }

    private void expect(boolean holds, String message) {
        if (!holds) {
            throw new SafetensorsException(file, message);
        }
    }
}
