package dev.anneal.service.training.http;

import dev.anneal.service.access.web.ServerSentEvents;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import tools.jackson.databind.json.JsonMapper;

/** Writes a job's events as server-sent ones. */
final class EventWriter {

    private final JsonMapper json;
    private final ServerSentEvents out;

    /** Begins the answer. */
    EventWriter(HttpServletResponse response, JsonMapper json) throws IOException {
        this.json = json;
        this.out = new ServerSentEvents(response);
    }

    void send(EventBody event) throws IOException {
        out.write("id:" + event.id() + "\ndata:" + json.writeValueAsString(event) + "\n\n");
    }

    /** A sign of life, which clients pass over. */
    void comment() throws IOException {
        out.write(":waiting\n\n");
    }

    /** The job has ended, and so does the stream. */
    void done() throws IOException {
        out.write("event:done\ndata:[DONE]\n\n");
    }
}
