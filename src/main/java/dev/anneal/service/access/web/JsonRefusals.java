package dev.anneal.service.access.web;

import dev.anneal.engine.format.json.JsonFault;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;

/** Explains why and where a body is not valid JSON. */
final class JsonRefusals {

    private JsonRefusals() {}

    static Refusal of(JacksonException exception) {
        String rule = exception instanceof StreamConstraintsException
                ? "The request body goes beyond a limit: it holds "
                : "The request body is not valid JSON: it holds ";
        return new Refusal(RefusalCode.INVALID_JSON, rule + JsonFault.of(exception));
    }
}
