package dev.anneal.service.grader;

import dev.anneal.engine.grade.GraderException;
import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.refusal.RefusalCode;

/** Graders that cannot be used, as clients are told. */
public final class GraderRefusals {

    private GraderRefusals() {}

    public static Refusal of(GraderException exception) {
        RefusalCode code = switch (exception.code()) {
            case GRADER_INVALID -> RefusalCode.GRADER_INVALID;
            case GRADER_NOT_SUPPORTED -> RefusalCode.GRADER_NOT_SUPPORTED;
        };
        return new Refusal(code, exception.explanation(), exception.param());
    }
}
