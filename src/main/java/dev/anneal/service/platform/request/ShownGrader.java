package dev.anneal.service.platform.request;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Graders in responses. */
public final class ShownGrader {

    private static final Set<String> ALONE = Set.of("string_check", "text_similarity", "score_model");
    private static final Set<String> IN_MULTI = Set.of("string_check", "text_similarity", "score_model", "label_model");

    private ShownGrader() {}

    /**
     * A grader in the form of OpenAI's types: with a name, and a {@code multi} with a single grader. Null if those
     * types cannot express it: strict clients reject an {@code endpoint}, a {@code multi} of several graders, or a
     * top-level {@code label_model}.
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
}
