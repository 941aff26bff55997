package dev.anneal.service.access.web;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import org.jspecify.annotations.Nullable;

/** The envelope of every failure: {@code {"error": {message, type, param, code}}}. */
record ErrorBody(Details error) {

    /** The fields that OpenAI's SDKs read; {@code param} and {@code code} may be null but are always present. */
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
