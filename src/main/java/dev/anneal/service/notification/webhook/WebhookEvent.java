package dev.anneal.service.notification.webhook;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an endpoint is told, in OpenAI's form.
 *
 * @param subject id of the job that it is about
 */
record WebhookEvent(String id, String type, String subject, Instant createdAt) {

    /** The same bytes each time. */
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
