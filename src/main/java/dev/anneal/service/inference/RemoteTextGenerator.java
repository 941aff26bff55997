package dev.anneal.service.inference;

import dev.anneal.protocol.ServeReply;
import dev.anneal.protocol.ServeRequest.Decoding;
import dev.anneal.protocol.ServeRequest.Input;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.transaction.TransactionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Generates by the HTTP API of another process, with a key for this purpose. Its answers have no log-probabilities. */
final class RemoteTextGenerator implements TextGenerator {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int OK = 200;

    /** Codes for a key that the other process does not know or no longer accepts. */
    private static final Set<RefusalCode> KEY_REFUSED =
            Set.of(RefusalCode.INVALID_API_KEY, RefusalCode.API_KEY_EXPIRED);

    private final GeneratingPeer peer;
    private final UnaryOperator<String> keys;
    private final BiConsumer<String, String> refusedKeys;

    /**
     * @param keys key to use for a tenant
     * @param refusedKeys called with the tenant and the refused key, after which {@code keys} returns another one
     */
    RemoteTextGenerator(GeneratingPeer peer, UnaryOperator<String> keys, BiConsumer<String, String> refusedKeys) {
        this.peer = peer;
        this.keys = keys;
        this.refusedKeys = refusedKeys;
    }

    /** Replaces a refused key once. */
    @Override
    public Generation.Whole generate(String tenantId, GenerationRequest request) {
        String key = keyOf(tenantId);
        try {
            return generateBy(key, request);
        } catch (Refusal refusal) {
            if (!KEY_REFUSED.contains(refusal.code())) {
                throw refusal;
            }
            refusedKeys.accept(tenantId, key);
            return generateBy(keyOf(tenantId), request);
        }
    }

    private String keyOf(String tenantId) {
        try {
            return keys.apply(tenantId);
        } catch (DataAccessException | TransactionException e) {
            throw GeneratingPeer.unavailable("cannot be asked, as the database does not give a key for it: "
                    + e.getClass().getSimpleName());
        }
    }

    private Generation.Whole generateBy(String key, GenerationRequest request) {
        boolean isChat = request.input() instanceof Input.Chat;
        HttpRequest hop = peer.post(
                        isChat ? "/v1/chat/completions" : "/v1/completions",
                        body(request).toString())
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + key)
                .build();
        HttpResponse<String> answer = peer.send(hop, HttpResponse.BodyHandlers.ofString());
        try {
            JsonNode json = JSON.readTree(answer.body());
            if (answer.statusCode() != OK) {
                throw refusal(json.path("error"));
            }
            return whole(json, isChat);
        } catch (JacksonException e) {
            throw GeneratingPeer.unavailable("answers with status " + answer.statusCode() + " and no JSON");
        }
    }

    private static ObjectNode body(GenerationRequest request) {
        ObjectNode body = JSON.createObjectNode();
        Input input = request.input();
        if (input instanceof Input.Chat chat) {
            JSON.readTree(chat.json()).forEachEntry(body::set);
        } else if (input instanceof Input.Text text) {
            body.put("prompt", text.text());
        } else {
            body.set("prompt", JSON.valueToTree(((Input.Tokens) input).ids()));
        }
        Decoding decoding = request.decoding();
        body.put("model", request.model())
                .put("n", decoding.choices())
                .put("temperature", decoding.temperature())
                .put("top_k", decoding.topK())
                .put("top_p", decoding.topP())
                .put("min_p", decoding.minP())
                .put("seed", decoding.seed());
        if (!decoding.stop().isEmpty()) {
            body.set("stop", JSON.valueToTree(decoding.stop()));
        }
        putDraft(body, request.draft());
        body.set("stop_token_ids", JSON.valueToTree(decoding.stopTokens()));
        Integer maxTokens = decoding.maxNewTokens();
        return maxTokens == null ? body : body.put("max_tokens", maxTokens);
    }

    private static void putDraft(ObjectNode body, DraftChoice draft) {
        if (!draft.isDefault()) {
            body.putObject("anneal").put("draft", draft.name());
        }
    }

    private static Generation.Whole whole(JsonNode json, boolean isChat) {
        List<Generation.Choice> choices = new ArrayList<>();
        ServeReply.TokenCounts tokens = tokens(json.path("usage"));
        for (JsonNode choice : json.path("choices")) {
            String text = choice.at(isChat ? "/message/content" : "/text").asString();
            // Usage is reported as a total, not per answer.
            ServeReply.TokenCounts share = choices.isEmpty() ? tokens : ServeReply.TokenCounts.NONE;
            choices.add(new Generation.Choice(
                    text, List.of(), choice.path("finish_reason").asString(), share));
        }
        return new Generation.Whole(json.at("/usage/prompt_tokens").asInt(), choices);
    }

    private static ServeReply.TokenCounts tokens(JsonNode usage) {
        JsonNode details = usage.path("completion_tokens_details");
        return new ServeReply.TokenCounts(
                usage.path("prompt_tokens_details").path("cached_tokens").asInt(0),
                usage.path("completion_tokens").asInt(),
                details.path("accepted_prediction_tokens").asInt(0),
                details.path("rejected_prediction_tokens").asInt(0));
    }

    private static Refusal refusal(JsonNode error) {
        Optional<RefusalCode> code = RefusalCode.named(error.path("code").asString(""));
        return new Refusal(
                code.orElse(RefusalCode.SERVICE_UNAVAILABLE),
                error.path("message").asString("no message"));
    }
}
