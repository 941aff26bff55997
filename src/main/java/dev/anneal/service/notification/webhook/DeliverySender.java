package dev.anneal.service.notification.webhook;

import dev.anneal.service.platform.outbound.OutboundClient;
import dev.anneal.service.platform.outbound.OutboundContent;
import dev.anneal.service.platform.outbound.OutboundException;
import dev.anneal.service.platform.outbound.OutboundRequest;
import dev.anneal.service.platform.outbound.OutboundResponse;
import dev.anneal.service.platform.outbound.WebhookSignature;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Posts events to endpoints, signed with each secret. Only the status of the answer is read. */
final class DeliverySender {

    private final OutboundClient client;
    private final Clock clock;

    DeliverySender(OutboundClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /**
     * Outcome of an attempt.
     *
     * @param status null if there was no answer
     * @param failure why it was not delivered; null if it was
     * @param retryAfter delay that the endpoint asks for; null if none
     */
    record Answer(
            @Nullable Integer status,
            @Nullable String failure,
            @Nullable Duration retryAfter) {

        boolean isDelivered() {
            return failure == null;
        }

        boolean isGone() {
            return status != null && status == 410;
        }
    }

    /**
     * @param secrets the header has a signature by each of them
     */
    Answer send(URI url, List<String> secrets, String id, WebhookEvent event) {
        byte[] body = event.body();
        List<WebhookSignature> signatures =
                secrets.stream().map(WebhookSignature::new).toList();
        Map<String, String> headers = WebhookSignature.headers(signatures, id, clock.instant(), body);
        try {
            return client.send(OutboundRequest.post(url, headers, OutboundContent.json(body)), this::answer);
        } catch (OutboundException e) {
            return new Answer(null, "the endpoint " + e.explanation(), null);
        }
    }

    private Answer answer(OutboundResponse response) {
        int status = response.status();
        if (status >= 200 && status < 300) {
            return new Answer(status, null, null);
        }
        String failure = "the endpoint answered with status " + status + " instead of 200 to 299"
                + (status >= 300 && status < 400 ? "; redirects are not followed" : "");
        return new Answer(status, failure, response.retryAfter().orElse(null));
    }
}
