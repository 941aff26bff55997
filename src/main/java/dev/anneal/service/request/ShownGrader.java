package dev.anneal.service.request;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Graders as replies show them. */
public final class ShownGrader {

    private static final Set<String> ALONE = Set.of("string_check", "text_similarity", "score_model");
    private static final Set<String> IN_MULTI = Set.of("string_check", "text_similarity", "score_model", "label_model");
    private static final String HIDDEN = "(hidden)";

    private ShownGrader() {}

    /**
     * A grader that was read, as OpenAI's types have it: with a name, and a {@code multi} with a single grader. Null if they cannot say it: strict
     * clients refuse whatever holds an {@code endpoint}, a {@code multi} of several, or a {@code label_model} of its own.
     */
    public static @Nullable Map<String, @Nullable Object> inOpenAiTypes(Map<String, @Nullable Object> grader) {
        Object type = grader.get("type");
        boolean isTyped = "multi".equals(type)
                ? grader.get("graders") instanceof Map<?, ?> part && IN_MULTI.contains(String.valueOf(part.get("type")))
                : ALONE.contains(String.valueOf(type));
        if (!isTyped) {
            return null;
        }
        Map<String, @Nullable Object> named = new LinkedHashMap<>(grader);
        named.putIfAbsent("name", type);
        return named;
    }

    /** What is sent along with requests to an endpoint may be a secret and is hidden. */
    public static Map<String, @Nullable Object> withoutSecrets(Map<String, @Nullable Object> grader) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        grader.forEach((key, value) -> shown.put(
                key,
                "headers".equals(key) && value instanceof Map<?, ?> headers ? hidden(headers) : withoutSecrets(value)));
        return shown;
    }

    @SuppressWarnings("unchecked") // keys of JSON objects are strings
    private static @Nullable Object withoutSecrets(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(ShownGrader::withoutSecrets).toList();
        }
        return value instanceof Map<?, ?> map ? withoutSecrets((Map<String, @Nullable Object>) map) : value;
    }

    private static Map<Object, Object> hidden(Map<?, ?> headers) {
        Map<Object, Object> shown = new LinkedHashMap<>();
        headers.keySet().forEach(name -> shown.put(name, HIDDEN));
        return shown;
    }
}
