package dev.anneal.engine.text.rows;

import dev.anneal.engine.format.json.JsonFault;
import dev.anneal.engine.text.fault.Place;
import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowRejectedException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Parses the bytes of a line into maps, lists, strings, numbers, booleans and null. Ambiguous JSON is refused. */
final class LineParser {

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DatasetLimits.DEPTH)
                            .maxStringLength(DatasetLimits.LINE_BYTES)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private LineParser() {}

    /** Parses a line whose length has been checked. */
    static Map<String, @Nullable Object> parse(Place place, byte[] bytes, int length) throws RowRejectedException {
        String text = decode(place, bytes, length);
        Object value = json(place, text);
        Map<String, @Nullable Object> row = place.object(
                value, RowFault.INVALID_JSON, "write each example as one JSON object on a line of its own");
        refuseOddValues(place, row);
        return row;
    }

    /**
     * Parses a JSON text within a line, such as the arguments of a tool call; null if it is not JSON.
     *
     * @throws RowRejectedException if it contains values that a line must not contain
     */
    static @Nullable Object parseNested(Place place, String text) throws RowRejectedException {
        Object value;
        try {
            value = JSON.readValue(text, Object.class);
        } catch (JacksonException e) {
            return null;
        }
        refuseOddValues(place, value);
        return value;
    }

    /** A parser for a text that need not be a single value. */
    static JsonParser parser(String text) {
        return JSON.createParser(text);
    }

    /** The object that begins at the parser's token. */
    static Map<?, ?> object(JsonParser parser) {
        return JSON.readerFor(Map.class)
                .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .readValue(parser);
    }

    private static String decode(Place place, byte[] bytes, int length) throws RowRejectedException {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, length);
        CharBuffer out = CharBuffer.allocate(length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            throw notUtf8(place, bytes, in.position());
        }
        String text = out.flip().toString();
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            String found = "a zero byte at character " + (nul + 1) + " of the line";
            throw place.reject(RowFault.NUL_BYTE, "text", found, "save the file as UTF-8 text; UTF-16 is not read");
        }
        if (text.startsWith("\uFEFF")) {
            String remedy = "remove it; it is skipped at the start of a file only";
            throw place.reject(RowFault.BYTE_ORDER_MARK, "a JSON object", "a byte order mark", remedy);
        }
        return text;
    }

    private static RowRejectedException notUtf8(Place place, byte[] bytes, int position) {
        String found = "byte 0x%02X at byte %d of the line".formatted(bytes[position], position + 1);
        String remedy = "save the file as UTF-8";
        boolean utf16Mark = position == 0 && ((bytes[0] & 0xFF) == 0xFF || (bytes[0] & 0xFF) == 0xFE);
        return place.reject(RowFault.NOT_UTF8, "UTF-8", found, utf16Mark ? remedy + "; it looks like UTF-16" : remedy);
    }

    private static @Nullable Object json(Place place, String text) throws RowRejectedException {
        try {
            return JSON.readValue(text, Object.class);
        } catch (JacksonException e) {
            throw place.reject(
                    RowFault.INVALID_JSON,
                    "one JSON object, nested at most %d deep, without repeated keys".formatted(DatasetLimits.DEPTH),
                    JsonFault.of(e, text),
                    "correct the line; a JSON encoder writes such lines, line breaks inside texts become \\n");
        }
    }

    private static void refuseOddValues(Place place, @Nullable Object value) throws RowRejectedException {
        if (value instanceof String text) {
            refuseLoneSurrogates(place, text);
        } else if (value instanceof Double number && !Double.isFinite(number)) {
            String remedy = "write it as a string if it is meant so";
            throw place.reject(RowFault.INVALID_JSON, "a number of at most 1.8e308", "a larger one", remedy);
        } else if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                String key = (String) entry.getKey();
                refuseLoneSurrogates(place, key);
                refuseOddValues(place.key(key), entry.getValue());
            }
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                refuseOddValues(place.index(i), list.get(i));
            }
        }
    }

    private static void refuseLoneSurrogates(Place place, String text) throws RowRejectedException {
        int i = 0;
        while (i < text.length()) {
            int c = text.codePointAt(i);
            if (Character.getType(c) == Character.SURROGATE) {
                String found = String.format("\\u%04x alone at character %d", c, i + 1);
                throw place.reject(
                        RowFault.LONE_SURROGATE, "whole characters", found, "the text was cut within a character");
            }
            i += Character.charCount(c);
        }
    }
}
