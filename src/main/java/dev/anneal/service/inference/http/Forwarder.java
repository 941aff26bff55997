package dev.anneal.service.inference.http;

import dev.anneal.service.inference.GeneratingPeer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.springframework.http.HttpHeaders;

/**
 * Forwards requests to the generating process with the client's own key, and streams its answer back. If the client
 * disconnects, so does the forwarder, which cancels the generation.
 */
record Forwarder(GeneratingPeer peer) {

    /** Marks a forwarded request, so that it is not forwarded again. */
    private static final String HOP = "anneal-forwarded";

    private static final List<String> ANSWER_HEADERS = List.of(
            HttpHeaders.CONTENT_TYPE,
            HttpHeaders.RETRY_AFTER,
            HttpHeaders.CACHE_CONTROL,
            "x-should-retry",
            "X-Accel-Buffering");

    private static final int BUFFER_BYTES = 1 << 13;

    /** The other process writes a comment to an idle stream every 5 s. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    void forward(HttpServletRequest request, String body, HttpServletResponse response) throws IOException {
        if (request.getHeader(HOP) != null) {
            throw GeneratingPeer.unavailable("does not have the role 'inference' (anneal.roles) either. Try again");
        }
        HttpRequest.Builder hop = peer.post(request.getRequestURI(), body).header(HOP, "1");
        String key = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (key != null) {
            hop.header(HttpHeaders.AUTHORIZATION, key);
        }
        HttpResponse<InputStream> answer = peer.send(hop.build(), HttpResponse.BodyHandlers.ofInputStream());
        response.setStatus(answer.statusCode());
        for (String name : ANSWER_HEADERS) {
            answer.headers().firstValue(name).ifPresent(value -> response.setHeader(name, value));
        }
        try (ForwardedStream content = new ForwardedStream(answer.body(), SILENCE)) {
            copy(content, response.getOutputStream());
        }
    }

    /**
     * @throws IOException if the other process breaks off, which the client must see, or if the client has disconnected
     */
    private static void copy(InputStream content, OutputStream target) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
            target.write(buffer, 0, count);
            target.flush();
        }
    }
}
