package dev.anneal.engine.text.rows;

import dev.anneal.engine.text.fault.Excerpt;
import dev.anneal.engine.text.fault.Place;
import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowRejectedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses the tools of a row and the calls of a message, including deprecated functions and function calls, into the
 * form for chat templates.
 */
final class ToolParser {

    private static final String TOOL_REMEDY =
            "write {\"type\": \"function\", \"function\": {\"name\": …, \"parameters\": {…}}}";
    private static final String CALL_REMEDY =
            "write {\"type\": \"function\", \"function\": {\"name\": …, \"arguments\": \"{…}\"}}";
    private static final String ARGUMENTS = "a string that holds a JSON object";

    private ToolParser() {}

    /** Tools of a row: {@code tools}, or else {@code functions}. */
    static List<Map<String, @Nullable Object>> tools(Place place, Map<String, @Nullable Object> row)
            throws RowRejectedException {
        boolean deprecated = row.get("tools") == null && row.get("functions") != null;
        String key = deprecated ? "functions" : "tools";
        if (row.get(key) == null) {
            return List.of();
        }
        Place at = place.key(key);
        List<?> values = bounded(at, row.get(key));
        List<Map<String, @Nullable Object>> tools = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            tools.add(deprecated ? wrapped(at.index(i), values.get(i)) : tool(at.index(i), values.get(i)));
        }
        return tools;
    }

    private static List<?> bounded(Place place, @Nullable Object value) throws RowRejectedException {
        List<?> values = place.array(value, RowFault.INVALID_TOOLS, TOOL_REMEDY);
        if (values.size() > DatasetLimits.TOOLS) {
            throw place.reject(
                    RowFault.INVALID_TOOLS, "at most " + DatasetLimits.TOOLS, Excerpt.of(values), "leave some out");
        }
        return values;
    }

    private static Map<String, @Nullable Object> tool(Place place, @Nullable Object value) throws RowRejectedException {
        Map<String, @Nullable Object> tool = place.object(value, RowFault.INVALID_TOOLS, TOOL_REMEDY);
        named(place.key("function"), tool.get("function"), TOOL_REMEDY);
        return tool;
    }

    private static Map<String, @Nullable Object> wrapped(Place place, @Nullable Object function)
            throws RowRejectedException {
        Map<String, @Nullable Object> tool = new LinkedHashMap<>();
        tool.put("type", "function");
        tool.put("function", named(place, function, "write {\"name\": …, \"parameters\": {…}}"));
        return tool;
    }

    /**
     * Calls of an assistant message, arguments as objects: {@code tool_calls}, or else {@code function_call}. Empty if
     * it has none.
     */
    static List<Map<String, @Nullable Object>> calls(Place place, Map<String, @Nullable Object> message)
            throws RowRejectedException {
        List<Map<String, @Nullable Object>> calls = new ArrayList<>();
        if (message.get("tool_calls") != null) {
            Place at = place.key("tool_calls");
            List<?> values = bounded(at, message.get("tool_calls"));
            for (int i = 0; i < values.size(); i++) {
                Map<String, @Nullable Object> call =
                        at.index(i).object(values.get(i), RowFault.INVALID_TOOLS, CALL_REMEDY);
                calls.add(withFunction(call, called(at.index(i).key("function"), call.get("function"))));
            }
        } else if (message.get("function_call") != null) {
            Map<String, @Nullable Object> function = called(place.key("function_call"), message.get("function_call"));
            calls.add(withFunction(Map.of("type", "function"), function));
        }
        return calls;
    }

    private static Map<String, @Nullable Object> withFunction(
            Map<String, ? extends @Nullable Object> call, Map<String, @Nullable Object> function) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(call);
        copy.put("function", function);
        return copy;
    }

    private static Map<String, @Nullable Object> called(Place place, @Nullable Object value)
            throws RowRejectedException {
        Map<String, @Nullable Object> function = new LinkedHashMap<>(named(place, value, CALL_REMEDY));
        Object arguments = function.get("arguments");
        Place at = place.key("arguments");
        Object parsed = arguments instanceof String text ? LineParser.parseNested(at, text) : arguments;
        if (!(parsed instanceof Map<?, ?>)) {
            throw at.reject(RowFault.INVALID_TOOLS, ARGUMENTS, Excerpt.of(arguments), CALL_REMEDY);
        }
        function.put("arguments", parsed);
        return function;
    }

    private static Map<String, @Nullable Object> named(Place place, @Nullable Object value, String remedy)
            throws RowRejectedException {
        Map<String, @Nullable Object> function = place.object(value, RowFault.INVALID_TOOLS, remedy);
        String name = place.key("name").string(function.get("name"), RowFault.INVALID_TOOLS, remedy);
        if (name.isEmpty()) {
            throw place.key("name").reject(RowFault.INVALID_TOOLS, "a name", "an empty string", remedy);
        }
        return function;
    }
}
