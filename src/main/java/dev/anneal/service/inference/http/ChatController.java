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

/** {@code /v1/chat/completions}. */
@RestController
class ChatController {

    private final Generators generators;
    private final Identifiers identifiers;
    private final Clock clock;

    ChatController(Generators generators, Identifiers identifiers, Clock clock) {
        this.generators = generators;
        this.identifiers = identifiers;
        this.clock = clock;
    }

    @PostMapping("/v1/chat/completions")
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
        ChatRequest request = ChatRequest.read(JsonBody.of(body).object());
        try (Generation generation = generators.local().start(tenant.id(), request.generation())) {
            ChatFrame frame = new ChatFrame(
                    identifiers.next("chatcmpl-"),
                    clock.instant().getEpochSecond(),
                    request.generation().model(),
                    generation.fingerprint(),
                    request.generation().decoding().topLogprobs() != null);
            if (request.streaming().stream()) {
                int choices = request.generation().decoding().choices();
                generators.stream(
                        response,
                        events -> new AnswerStream(frame, events, choices)
                                .write(List.of(generation), request.streaming().usage()));
            } else {
                generators.write(response, frame.whole(generation.whole()));
            }
        }
    }
}
