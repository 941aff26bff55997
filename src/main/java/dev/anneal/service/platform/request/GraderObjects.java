package dev.anneal.service.platform.request;

import dev.anneal.engine.grade.Grader;
import dev.anneal.engine.grade.GraderException;
import dev.anneal.engine.grade.Graders;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Grader objects of requests. */
public final class GraderObjects {

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
}
