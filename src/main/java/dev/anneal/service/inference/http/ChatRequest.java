package dev.anneal.service.inference.http;

import dev.anneal.engine.text.fault.RowProblem;
import dev.anneal.engine.text.fault.RowRejectedException;
import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.protocol.ServeRequest;
import dev.anneal.service.inference.DraftChoice;
import dev.anneal.service.inference.GenerationRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.StrictObject;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads requests to {@code /v1/chat/completions}. */
final class ChatRequest {

    /** Keys of OpenAI's clients that have no effect here. */
    private static final Set<String> IGNORED = Set.of(
            "metadata",
            "parallel_tool_calls",
            "prompt_cache_key",
            "prompt_cache_retention",
            "reasoning_effort",
            "safety_identifier",
            "service_tier",
            "store",
            "user",
            "verbosity");

    private static final List<String> CONVERSATION = List.of("messages", "tools", "functions");
    private static final int MAX_TOP_LOGPROBS = 20;

    private ChatRequest() {}

    static AnswerRequest read(StrictObject request) {
        String model = request.requiredText("model");
        ServeRequest.Input input = conversation(request);
        String prediction = prediction(request);
        DraftChoice draft = DraftKey.read(request);
        refuseUnsupported(request);
        ServeRequest.Decoding decoding = DecodingKeys.read(request, maxTokens(request), topLogprobs(request));
        StreamKeys streaming = StreamKeys.read(request);
        request.ignore(IGNORED);
        request.refuseOthers();
        return new AnswerRequest(
                List.of(new GenerationRequest(model, input, prediction, draft, decoding)),
                streaming,
                new ChatFormat(decoding.topLogprobs() != null));
    }

    private static ServeRequest.Input conversation(StrictObject request) {
        ObjectNode conversation = JsonMapper.shared().createObjectNode();
        for (String key : CONVERSATION) {
            JsonNode value = request.raw(key);
            if (value != null) {
                conversation.set(key, value);
            }
        }
        if (!conversation.has("messages")) {
            throw new Refusal(
                    RefusalCode.MISSING_PARAMETER,
                    "'messages' is required: give the conversation that the model is to answer",
                    "messages");
        }
        if (conversation.get("messages").isArray()
                && conversation.get("messages").isEmpty()) {
            throw Refusal.invalidValue(
                    "messages", "'messages' has no messages: give the conversation that the model is to answer");
        }
        String json = conversation.toString();
        try {
            ChatRow.parse(json);
        } catch (RowRejectedException rejected) {
            throw refusal(rejected.problem());
        }
        return new ServeRequest.Input.Chat(json);
    }

    private static @Nullable String prediction(StrictObject request) {
        StrictObject prediction = request.object("prediction");
        if (prediction == null) {
            return null;
        }
        prediction.requiredText("type");
        prediction.choice("type", Set.of("content"));
        JsonNode content = prediction.raw("content");
        prediction.refuseOthers();
        if (content != null && content.isString()) {
            return content.stringValue();
        }
        if (content != null && content.isArray() && content.valueStream().allMatch(ChatRequest::isTextPart)) {
            return content.valueStream()
                    .map(part -> part.path("text").stringValue())
                    .collect(Collectors.joining());
        }
        throw prediction.invalid(
                "content", "must be a string or a list of {\"type\": \"text\", \"text\": \"...\"}", content);
    }

    private static boolean isTextPart(JsonNode part) {
        return "text".equals(part.path("type").asString(""))
                && part.path("text").isString();
    }

    private static Refusal refusal(RowProblem problem) {
        String path = problem.path().replaceFirst("^\\$\\.?", "");
        return Refusal.invalidValue(
                path,
                "'%s' must be %s, but is %s; %s"
                        .formatted(path, problem.expected(), problem.found(), problem.remedy()));
    }

    private static void refuseUnsupported(StrictObject request) {
        for (String key : List.of("tool_choice", "function_call")) {
            JsonNode choice = request.raw(key);
            if (choice != null && !(choice.isString() && Set.of("auto", "none").contains(choice.stringValue()))) {
                throw DecodingKeys.notSupported(request, key, "give \"auto\" or \"none\", or leave it out");
            }
        }
        StrictObject format = request.object("response_format");
        if (format != null && !"text".equals(format.text("type"))) {
            throw DecodingKeys.notSupported(request, "response_format", "leave it out or give {\"type\": \"text\"}");
        }
        List<String> modalities = request.textOrTexts("modalities");
        if (modalities != null && !modalities.equals(List.of("text"))) {
            throw DecodingKeys.notSupported(request, "modalities", "leave it out or give [\"text\"]");
        }
    }

    private static @Nullable Integer maxTokens(StrictObject request) {
        Integer older = request.wholeNumber("max_tokens", 1, DecodingKeys.MAX_TOKENS);
        Integer newer = request.wholeNumber("max_completion_tokens", 1, DecodingKeys.MAX_TOKENS);
        if (older != null && newer != null && !older.equals(newer)) {
            throw Refusal.invalidValue(
                    "max_tokens", "'max_tokens' is the older name of 'max_completion_tokens'; give one of them");
        }
        return newer == null ? older : newer;
    }

    private static @Nullable Integer topLogprobs(StrictObject request) {
        boolean wanted = Boolean.TRUE.equals(request.flag("logprobs"));
        Integer top = request.wholeNumber("top_logprobs", 0, MAX_TOP_LOGPROBS);
        if (top != null && top > 0 && !wanted) {
            throw Refusal.invalidValue("top_logprobs", "'top_logprobs' is for requests with 'logprobs': true");
        }
        return wanted ? (top == null ? Integer.valueOf(0) : top) : null;
    }
}
