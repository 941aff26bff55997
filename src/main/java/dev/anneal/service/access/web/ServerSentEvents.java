package dev.anneal.service.access.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/** A response of server-sent events, each sent at once. A disconnected client causes an {@link IOException}. */
public final class ServerSentEvents {

    private final OutputStream out;

    /** Begins the response: later failures are reported within the stream. */
    public ServerSentEvents(HttpServletResponse response) throws IOException {
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        // Otherwise buffering proxies would hold the response back until its end.
        response.setHeader("X-Accel-Buffering", "no");
        this.out = response.getOutputStream();
        response.flushBuffer();
    }

    /**
     * @param event the event's lines, ending with an empty one
     */
    public void write(String event) throws IOException {
        out.write(event.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
