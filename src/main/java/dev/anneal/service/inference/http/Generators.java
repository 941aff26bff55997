package dev.anneal.service.inference.http;

import dev.anneal.service.access.web.ErrorWriter;
import dev.anneal.service.inference.InferenceProperties;
import dev.anneal.service.inference.LocalGenerator;
import dev.anneal.service.inference.NoTextGenerator;
import dev.anneal.service.platform.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who generates for this process: itself, or another one that it hands requests on to. */
@Component
class Generators {

    private final @Nullable LocalGenerator local;
    private final @Nullable Forwarder forwarder;
    private final JsonMapper json;
    private final ErrorWriter errors;

    Generators(
            ObjectProvider<LocalGenerator> local, InferenceProperties properties, JsonMapper json, ErrorWriter errors) {
        this.local = local.getIfAvailable();
        URI url = properties.url();
        this.forwarder = url == null ? null : new Forwarder(url, properties);
        this.json = json;
        this.errors = errors;
    }

    /** Whether requests are handed on. */
    boolean areElsewhere() {
        return local == null && forwarder != null;
    }

    /** @throws Refusal {@code service_unavailable} if nobody generates */
    LocalGenerator local() {
        if (local == null) {
            throw NoTextGenerator.refusal();
        }
        return local;
    }

    void forward(HttpServletRequest request, @Nullable JsonNode body, HttpServletResponse response) throws IOException {
        if (forwarder != null) {
            forwarder.forward(request, body == null ? "" : json.writeValueAsString(body), response);
        }
    }

    /**
     * Writes a stream.
     *
     * @throws IOException if the client has left
     */
    void stream(HttpServletResponse response, Streamed streamed) throws IOException {
        streamed.write(new EventWriter(response, json, errors));
    }

    /** An answer that is written while it is generated. */
    interface Streamed {
        void write(EventWriter events) throws IOException;
    }

    void write(HttpServletResponse response, Object body) throws IOException {
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream().write(json.writeValueAsBytes(body));
    }
}
