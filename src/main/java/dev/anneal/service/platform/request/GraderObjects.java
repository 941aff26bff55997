package dev.anneal.service.platform.request;

import dev.anneal.engine.grade.Grader;
import dev.anneal.engine.grade.GraderException;
import dev.anneal.engine.grade.Graders;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Grader objects of requests and responses. */
public final class GraderObjects {

    private static final Set<String> ALONE = Set.of("string_check", "text_similarity", "score_model");
    private static final Set<String> IN_MULTI = Set.of("string_check", "text_similarity", "score_model", "label_model");

    private GraderObjects() {}

    /**
     * Reads a grader, or refuses it.
     *
     * @param path its path in the request
     */
    public static Grader read(Map<String, @Nullable Object> grader, String path) {
        try {
            return Graders.parse(grader, path);
        } catch (GraderException e) {
            RefusalCode code = switch (e.code()) {
                case GRADER_INVALID -> RefusalCode.GRADER_INVALID;
                case GRADER_NOT_SUPPORTED -> RefusalCode.GRADER_NOT_SUPPORTED;
            };
            throw new Refusal(code, e.explanation(), e.param());
        }
    }

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
