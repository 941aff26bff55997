package dev.anneal.service.notification.webhook;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * An event for an endpoint, in OpenAI's format.
 *
 * @param subject id of its job
 */
record WebhookEvent(String id, String type, String subject, Instant createdAt) {

    /** The JSON, with the same bytes on every call. */
    byte[] body() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", id);
        body.put("object", "event");
        body.put("created_at", createdAt.getEpochSecond());
        body.put("type", type);
        body.put("data", Map.of("id", subject));
        return JsonMapper.shared().writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
    }
}
