package dev.anneal.engine.text.data;

import dev.anneal.engine.text.template.PythonSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names of the functions in calls or tools in the form for templates. */
final class FunctionNames {

    private FunctionNames() {}

    /** The names in all calls or tools, in order. */
    static List<String> of(@Nullable Object callsOrTools) {
        return callsOrTools instanceof List<?> list ? names(list) : List.of();
    }

    private static List<String> names(List<?> callsOrTools) {
        List<String> names = new ArrayList<>();
        for (Object each : callsOrTools) {
            if (function(each).get("name") instanceof String name) {
                names.add(name);
            }
        }
        return names;
    }

    /** The names in the calls after the last one whose arguments contain a text. */
    static List<String> behindTexts(@Nullable Object calls) {
        if (!(calls instanceof List<?> list)) {
            return List.of();
        }
        int from = list.size();
        while (from > 0 && !hasText(function(list.get(from - 1)).get("arguments"))) {
            from--;
        }
        return names(list.subList(from, list.size()));
    }

    private static Map<?, ?> function(@Nullable Object callOrTool) {
        return callOrTool instanceof Map<?, ?> map && map.get("function") instanceof Map<?, ?> function
                ? function
                : Map.of();
    }

    private static boolean hasText(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.values().stream().anyMatch(FunctionNames::hasText);
        }
        return value instanceof List<?> list
                ? list.stream().anyMatch(FunctionNames::hasText)
                : value instanceof String text && !PythonSpace.isBlank(text);
    }
}
