package dev.anneal.service.inference.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.inference.Generation;
import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.request.JsonBody;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code /v1/completions}. */
@RestController
class CompletionController {

    private final Generators generators;
    private final Identifiers identifiers;
    private final Clock clock;

    CompletionController(Generators generators, Identifiers identifiers, Clock clock) {
        this.generators = generators;
        this.identifiers = identifiers;
        this.clock = clock;
    }

    @PostMapping("/v1/completions")
    @RequiresScope(Scope.INFERENCE)
    void complete(
            Tenant tenant,
            @RequestBody(required = false) @Nullable JsonNode body,
            HttpServletRequest http,
            HttpServletResponse response)
            throws IOException {
        if (generators.areElsewhere()) {
            generators.forward(http, body, response);
            return;
        }
        CompletionRequest request = CompletionRequest.read(JsonBody.of(body).object());
        List<Generation> generations = generators.local().start(tenant.id(), request.generations());
        try {
            answer(request, generations, response);
        } finally {
            generations.forEach(Generation::close);
        }
    }

    private void answer(CompletionRequest request, List<Generation> generations, HttpServletResponse response)
            throws IOException {
        CompletionFrame frame = new CompletionFrame(
                identifiers.next("cmpl-"),
                clock.instant().getEpochSecond(),
                request,
                generations.get(0).fingerprint());
        if (request.streaming().stream()) {
            generators.stream(
                    response,
                    events -> new AnswerStream(frame, events, request.decoding().choices())
                            .write(generations, request.streaming().usage()));
        } else {
            generators.write(
                    response,
                    frame.whole(generations.stream().map(Generation::whole).toList()));
        }
    }
}
