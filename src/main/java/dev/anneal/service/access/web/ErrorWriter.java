package dev.anneal.service.access.web;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes the error envelope outside controllers: in filters and in the container's error handling. */
@Component
public final class ErrorWriter {

    private final JsonMapper json;

    /** The envelope of every failure: {@code {"error": {message, type, param, code}}}. */
    record Body(Details error) {

        /** The fields that OpenAI's SDKs read; {@code param} and {@code code} may be null but are always present. */
        record Details(
                String message,
                String type,
                @Nullable String param,
                @Nullable String code) {}

        static Body of(Refusal refusal) {
            return of(refusal.code(), refusal.explanation(), refusal.parameter());
        }

        static Body of(RefusalCode code, String message, @Nullable String parameter) {
            return new Body(new Details(message, code.type(), parameter, code.wireName()));
        }
    }

    ErrorWriter(JsonMapper json) {
        this.json = json;
    }

    /** The envelope as JSON, for responses that have begun. */
    public String json(Refusal refusal) {
        return json.writeValueAsString(Body.of(refusal));
    }

    public void write(HttpServletResponse response, Refusal refusal) throws IOException {
        byte[] body = json.writeValueAsBytes(Body.of(refusal));
        response.setStatus(refusal.code().status());
        RefusalHeaders.of(refusal.code())
                .forEach((name, values) -> values.forEach(value -> response.setHeader(name, value)));
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
