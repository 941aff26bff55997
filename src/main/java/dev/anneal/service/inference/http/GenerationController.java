package dev.anneal.service.inference.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.ErrorWriter;
import dev.anneal.service.access.web.ServerSentEvents;
import dev.anneal.service.inference.GeneratingPeer;
import dev.anneal.service.inference.Generation;
import dev.anneal.service.inference.LocalGenerator;
import dev.anneal.service.inference.UnavailableTextGenerator;
import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.request.StrictObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code /v1/chat/completions} and {@code /v1/completions}, answered by this process or forwarded to the generating
 * one.
 */
@RestController
class GenerationController {

    private final @Nullable LocalGenerator local;
    private final @Nullable Forwarder forwarder;
    private final Identifiers identifiers;
    private final Clock clock;
    private final JsonMapper json;
    private final ErrorWriter errors;

    GenerationController(
            ObjectProvider<LocalGenerator> local,
            ObjectProvider<GeneratingPeer> peer,
            Identifiers identifiers,
            Clock clock,
            JsonMapper json,
            ErrorWriter errors) {
        this.local = local.getIfAvailable();
        this.forwarder =
                peer.stream().map(other -> new Forwarder(other)).findFirst().orElse(null);
        this.identifiers = identifiers;
        this.clock = clock;
        this.json = json;
        this.errors = errors;
    }

    @PostMapping("/v1/chat/completions")
    @RequiresScope(Scope.INFERENCE)
    void chat(
            Tenant tenant,
            @RequestBody(required = false) @Nullable JsonNode body,
            HttpServletRequest http,
            HttpServletResponse response)
            throws IOException {
        answer(tenant, body, ChatRequest::read, http, response);
    }

    @PostMapping("/v1/completions")
    @RequiresScope(Scope.INFERENCE)
    void complete(
            Tenant tenant,
            @RequestBody(required = false) @Nullable JsonNode body,
            HttpServletRequest http,
            HttpServletResponse response)
            throws IOException {
        answer(tenant, body, CompletionRequest::read, http, response);
    }

    private void answer(
            Tenant tenant,
            @Nullable JsonNode body,
            Function<StrictObject, AnswerRequest> reader,
            HttpServletRequest http,
            HttpServletResponse response)
            throws IOException {
        if (local == null && forwarder != null) {
            forwarder.forward(http, body == null ? "" : json.writeValueAsString(body), response);
            return;
        }
        AnswerRequest request = reader.apply(JsonBody.of(body).object());
        if (local == null) {
            throw UnavailableTextGenerator.refusal();
        }
        List<Generation> generations = local.start(tenant.id(), request.generations());
        try {
            write(request, generations, response);
        } finally {
            generations.forEach(Generation::close);
        }
    }

    private void write(AnswerRequest request, List<Generation> generations, HttpServletResponse response)
            throws IOException {
        String id = identifiers.next(request.format().idPrefix());
        AnswerEnvelope answer = new AnswerEnvelope(id, clock.instant(), request, generations);
        if (request.streaming().stream()) {
            answer.stream(new ServerSentEvents(response), json, errors);
        } else {
            AnswerBody whole = answer.whole();
            response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            whole.write(response.getOutputStream(), json);
        }
    }
}
