package dev.anneal.service.notification.mlflow;

import dev.anneal.service.notification.mlflow.MlflowMeters.Outcome;
import dev.anneal.service.platform.outbound.OutboundClient;
import dev.anneal.service.platform.outbound.OutboundContent;
import dev.anneal.service.platform.outbound.OutboundException;
import dev.anneal.service.platform.outbound.OutboundRequest;
import dev.anneal.service.platform.outbound.OutboundResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Client of MLflow's REST API 2.0. Answers are limited in size, and only the needed fields are read. */
final class MlflowClient {

    private static final int LONGEST_ANSWER_BYTES = 16 << 20;
    private static final int LONGEST_QUOTE = 300;

    /** Statuses about credentials or rate: the same request may succeed later. */
    private static final Set<Integer> NOT_ABOUT_THE_REQUEST = Set.of(401, 403, 407, 408, 425, 429);

    private final OutboundClient client;
    private final String base;
    private final Map<String, String> headers;
    private final MlflowMeters meters;

    MlflowClient(OutboundClient client, URI url, MlflowProperties properties, MlflowMeters meters) {
        this.client = client;
        this.base = url.toString().replaceAll("/+$", "") + "/api/2.0/mlflow/";
        this.headers = headers(properties);
        this.meters = meters;
    }

    private static Map<String, String> headers(MlflowProperties properties) {
        if (properties.token() != null) {
            return Map.of("Authorization", "Bearer " + properties.token());
        }
        if (properties.username() == null) {
            return Map.of();
        }
        byte[] pair = (properties.username() + ":" + properties.password()).getBytes(StandardCharsets.UTF_8);
        return Map.of("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
    }

    JsonNode get(String endpoint, Map<String, String> query) throws MlflowException {
        String parameters = query.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(endpoint, OutboundRequest.get(URI.create(base + endpoint + "?" + parameters), headers));
    }

    JsonNode post(String endpoint, Map<String, ?> body) throws MlflowException {
        return send(
                endpoint,
                OutboundRequest.post(
                        URI.create(base + endpoint),
                        headers,
                        OutboundContent.json(JsonMapper.shared().writeValueAsBytes(body))));
    }

    private JsonNode send(String endpoint, OutboundRequest request) throws MlflowException {
        try {
            JsonNode answer = answer(endpoint, client.send(request, Answer::of));
            meters.count(Outcome.OK);
            return answer;
        } catch (OutboundException e) {
            meters.count(Outcome.UNAVAILABLE);
            throw MlflowException.unavailable(e.explanation(), e);
        } catch (MlflowException e) {
            meters.count(e.isRefusal() ? Outcome.REFUSED : Outcome.UNAVAILABLE);
            throw e;
        }
    }

    /** An unparsed answer. */
    private record Answer(int status, String body, boolean isTooLong) {

        static Answer of(OutboundResponse response) throws IOException {
            byte[] bytes = response.body(LONGEST_ANSWER_BYTES);
            return new Answer(
                    response.status(), new String(bytes, StandardCharsets.UTF_8), bytes.length > LONGEST_ANSWER_BYTES);
        }
    }

    private static JsonNode answer(String endpoint, Answer answer) throws MlflowException {
        String said = "answered " + endpoint + " with status " + answer.status;
        if (answer.isTooLong) {
            throw MlflowException.unavailable(said + " and more than " + LONGEST_ANSWER_BYTES + " bytes", null);
        }
        if (answer.status >= 500 || answer.status < 200 || NOT_ABOUT_THE_REQUEST.contains(answer.status)) {
            throw MlflowException.unavailable(said, null);
        }
        JsonNode body = parsed(said, answer.body);
        if (answer.status < 300) {
            return body;
        }
        String code = body.path("error_code").asString("");
        if (code.isEmpty()) {
            throw MlflowException.unavailable(said + " and without MLflow's error_code", null);
        }
        String message = body.path("message").asString("");
        throw MlflowException.refused(
                code, said + ", " + code + ": " + message.substring(0, Math.min(LONGEST_QUOTE, message.length())));
    }

    private static JsonNode parsed(String said, String body) throws MlflowException {
        try {
            JsonNode parsed = JsonMapper.shared().readTree(body);
            if (parsed.isObject()) {
                return parsed;
            }
        } catch (JacksonException e) {
            throw MlflowException.unavailable(said + " and invalid JSON", e);
        }
        throw MlflowException.unavailable(said + " and JSON that is not an object", null);
    }
}
