package dev.anneal.service.access.web;

import dev.anneal.service.platform.refusal.Refusal;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes the error envelope outside controllers: in filters and in the container's error handling. */
@Component
public final class ErrorWriter {

    private final JsonMapper json;

    ErrorWriter(JsonMapper json) {
        this.json = json;
    }

    /** The envelope as JSON, for responses that have begun. */
    public String json(Refusal refusal) {
        return json.writeValueAsString(ErrorBody.of(refusal));
    }

    public void write(HttpServletResponse response, Refusal refusal) throws IOException {
        byte[] body = json.writeValueAsBytes(ErrorBody.of(refusal));
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
