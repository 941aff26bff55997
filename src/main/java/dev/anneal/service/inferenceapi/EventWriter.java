package dev.anneal.service.inferenceapi;

import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.web.ErrorWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** Server-sent events as OpenAI's clients read them: {@code data:} lines alone. A client that has gone shows as an {@link IOException}. */
final class EventWriter {

    private final OutputStream out;
    private final JsonMapper json;
    private final ErrorWriter errors;

    /** Begins the answer: a failure from here on stands within the stream. */
    EventWriter(HttpServletResponse response, JsonMapper json, ErrorWriter errors) throws IOException {
        this.json = json;
        this.errors = errors;
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        // Proxies that buffer would hold the answer back to its end.
        response.setHeader("X-Accel-Buffering", "no");
        this.out = response.getOutputStream();
        response.flushBuffer();
    }

    void send(Object chunk) throws IOException {
        write("data: " + json.writeValueAsString(chunk) + "\n\n");
    }

    /** A sign of life, which clients pass over. */
    void comment() throws IOException {
        write(": working\n\n");
    }

    /** The stream is whole. */
    void done() throws IOException {
        write("data: [DONE]\n\n");
    }

    /** The stream ends without being whole. */
    void fail(Refusal refusal) throws IOException {
        write("data: " + errors.json(refusal) + "\n\n");
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
