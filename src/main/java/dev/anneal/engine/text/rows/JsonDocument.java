package dev.anneal.engine.text.rows;

import dev.anneal.engine.text.foreign.ForeignFormat;
import dev.anneal.engine.text.foreign.ForeignRows;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/**
 * JSON other than one object per line: an array of rows, arrays of messages, or objects that span lines.
 *
 * @param isWhole whether the parsed text is the whole file
 */
record JsonDocument(JsonParser parser, boolean isWhole) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w{0,40}");

    /**
     * @param head beginning of a file
     * @param isWhole whether it is the whole file
     */
    static Optional<ForeignFormat> recognise(String head, boolean isWhole) {
        try (JsonParser parser = LineParser.parser(head)) {
            return new JsonDocument(parser, isWhole).recognise();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private Optional<ForeignFormat> recognise() {
        JsonToken begin = parser.nextToken();
        boolean isArray = begin == JsonToken.START_ARRAY;
        if ((isArray ? parser.nextToken() : begin) != JsonToken.START_OBJECT) {
            return Optional.empty();
        }
        int line = parser.currentLocation().getLineNr();
        Map<?, ?> row = object();
        if (isArray && isMessage(row)) {
            return Optional.of(format("arrays of messages", messages(row)));
        }
        if (isArray) {
            return isArrayOfRows() ? Optional.of(format("one JSON array", ".[]", row)) : Optional.empty();
        }
        return parser.currentLocation().getLineNr() > line
                ? Optional.of(format("JSON objects that span lines", rowsWithin(row), row))
                : Optional.empty();
    }

    /** The object that begins here; empty if the head ends within it. */
    private Map<?, ?> object() {
        try {
            return LineParser.object(parser);
        } catch (UnexpectedEndOfInputException e) {
            if (isWhole) {
                throw e;
            }
            return Map.of();
        }
    }

    /** Whether another row or the end of the file follows the first one. */
    private boolean isArrayOfRows() {
        try {
            JsonToken next = parser.nextToken();
            return next == JsonToken.START_OBJECT || (next == JsonToken.END_ARRAY && parser.nextToken() == null);
        } catch (UnexpectedEndOfInputException e) {
            return !isWhole;
        }
    }

    private static ForeignFormat format(String document, String rows, Map<?, ?> row) {
        @Nullable ForeignRows other = ForeignRows.of(row).orElse(null);
        String filter = other == null ? rows : rows.equals(".") ? other.filter() : rows + " | " + other.filter();
        return format(other == null ? document : document + " of " + other.found(), filter);
    }

    private static ForeignFormat format(String found, String filter) {
        return new ForeignFormat(
                found,
                "write each row on a line of its own with `jq -c '%s' data.json > data.jsonl`".formatted(filter));
    }

    private static boolean isMessage(Map<?, ?> object) {
        return object.containsKey("role") || object.containsKey("from");
    }

    /** jq filter that turns an array of messages into a row. */
    private static String messages(Map<?, ?> first) {
        return first.containsKey("role") ? "{messages: .}" : ForeignRows.ofShareGpt(".");
    }

    /** Path of the rows in an object that contains only an array of them. */
    private static String rowsWithin(Map<?, ?> object) {
        Map.Entry<?, ?> only = object.size() == 1 ? object.entrySet().iterator().next() : null;
        return only != null
                        && only.getValue() instanceof List<?> list
                        && !list.isEmpty()
                        && list.get(0) instanceof Map<?, ?> row
                        && !isMessage(row)
                        && NAME.matcher((String) only.getKey()).matches()
                ? "." + only.getKey() + "[]"
                : ".";
    }
}
