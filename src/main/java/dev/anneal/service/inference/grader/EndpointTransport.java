package dev.anneal.service.inference.grader;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.service.platform.outbound.OutboundClient;
import dev.anneal.service.platform.outbound.OutboundContent;
import dev.anneal.service.platform.outbound.OutboundException;
import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.outbound.OutboundLimits;
import dev.anneal.service.platform.outbound.OutboundRequest;
import dev.anneal.service.platform.outbound.WebhookSignature;
import java.net.URI;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sends one request to an endpoint, signed with its tenant's secret if the operator has set one. */
final class EndpointTransport {

    private final OutboundClient client;
    private final List<WebhookSignature> signatures;
    private final Clock clock;

    EndpointTransport(OutboundHttp http, GraderProperties properties, Clock clock) {
        signatures = properties.endpointSecret().stream()
                .map(EndpointTransport::signature)
                .toList();
        client =
                http.toStrangers(OutboundLimits.within(properties.endpointTimeout(), properties.endpointConcurrency()));
        this.clock = clock;
    }

    private static WebhookSignature signature(String secret) {
        try {
            return new WebhookSignature(secret);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("anneal.graders.endpoint-secret: " + e.getMessage(), e);
        }
    }

    /**
     * @param tenantId tenant on whose behalf it is sent
     * @param id id of the request, the same for each attempt, so that an endpoint can recognise retries
     */
    EndpointReply send(String tenantId, GradingQuestion.OfEndpoint endpoint, String id, byte[] body) {
        Map<String, String> headers = new LinkedHashMap<>(endpoint.headers());
        List<WebhookSignature> own = signatures.stream()
                .map(signature -> signature.ofTenant(tenantId))
                .toList();
        headers.putAll(WebhookSignature.headers(own, id, clock.instant(), body));
        try {
            return client.send(
                    OutboundRequest.post(URI.create(endpoint.url()), headers, OutboundContent.json(body)),
                    EndpointReply::read);
        } catch (OutboundException e) {
            String failure = "the endpoint " + e.explanation();
            return switch (e.reason()) {
                case ADDRESS_NOT_ALLOWED -> EndpointReply.failed(failure);
                case TIMED_OUT, UNREACHABLE, REDIRECTED -> EndpointReply.failedForNow(failure, null);
            };
        } catch (IllegalArgumentException e) {
            return EndpointReply.failed("the endpoint's url is unusable: " + e.getMessage());
        }
    }
}
