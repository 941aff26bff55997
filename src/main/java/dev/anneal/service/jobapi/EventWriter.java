package dev.anneal.service.jobapi;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** Writes server-sent events, each on its way at once. */
final class EventWriter {

    private final JsonMapper json;
    private final OutputStream out;

    /** Begins the answer. */
    EventWriter(HttpServletResponse response, JsonMapper json) throws IOException {
        this.json = json;
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        // Proxies that buffer would hold the answer back to its end.
        response.setHeader("X-Accel-Buffering", "no");
        this.out = response.getOutputStream();
        response.flushBuffer();
    }

    void send(EventBody event) throws IOException {
        write("id:" + event.id() + "\ndata:" + json.writeValueAsString(event) + "\n\n");
    }

    /** A sign of life, which clients pass over. */
    void comment() throws IOException {
        write(":waiting\n\n");
    }

    /** The job has ended, and so does the stream. */
    void done() throws IOException {
        write("event:done\ndata:[DONE]\n\n");
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
