package dev.anneal.service.inference.http;

import dev.anneal.service.access.web.ErrorWriter;
import dev.anneal.service.access.web.ServerSentEvents;
import dev.anneal.service.platform.refusal.Refusal;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import tools.jackson.databind.json.JsonMapper;

/** Server-sent events as OpenAI's clients read them: {@code data:} lines alone. */
final class EventWriter {

    private final ServerSentEvents out;
    private final JsonMapper json;
    private final ErrorWriter errors;

    /** Begins the answer: a failure from here on stands within the stream. */
    EventWriter(HttpServletResponse response, JsonMapper json, ErrorWriter errors) throws IOException {
        this.json = json;
        this.errors = errors;
        this.out = new ServerSentEvents(response);
    }

    void send(Object chunk) throws IOException {
        out.write("data: " + json.writeValueAsString(chunk) + "\n\n");
    }

    /** A sign of life, which clients pass over. */
    void comment() throws IOException {
        out.write(": working\n\n");
    }

    /** The stream is whole. */
    void done() throws IOException {
        out.write("data: [DONE]\n\n");
    }

    /** The stream ends without being whole. */
    void fail(Refusal refusal) throws IOException {
        out.write("data: " + errors.json(refusal) + "\n\n");
    }
}
