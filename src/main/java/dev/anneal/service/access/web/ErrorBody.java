package dev.anneal.service.access.web;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import org.jspecify.annotations.Nullable;

/** The envelope of every failure: {@code {"error": {message, type, param, code}}}. */
record ErrorBody(Details error) {

    /** What OpenAI's SDKs read out of a failure; {@code param} and {@code code} may be null but are always there. */
    record Details(
            String message,
            String type,
            @Nullable String param,
            @Nullable String code) {}

    static ErrorBody of(Refusal refusal) {
        return of(refusal.code(), refusal.explanation(), refusal.parameter());
    }

    static ErrorBody of(RefusalCode code, String message, @Nullable String parameter) {
        return new ErrorBody(new Details(message, code.type(), parameter, code.wireName()));
    }
}
