package dev.anneal.service.inference.http;

import dev.anneal.protocol.ServeRequest;
import dev.anneal.protocol.ServeRequest.Input;
import dev.anneal.service.inference.DraftChoice;
import dev.anneal.service.inference.GenerationRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.StrictObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Reads requests to {@code /v1/completions}. */
final class CompletionRequest {

    /** Keys of OpenAI's clients that have no effect here. */
    private static final Set<String> IGNORED = Set.of("metadata", "user");

    private static final int DEFAULT_MAX_TOKENS = 16;
    private static final int MAX_TOP_LOGPROBS = 5;
    private static final int MAX_PROMPTS = 16;

    private CompletionRequest() {}

    static AnswerRequest read(StrictObject request) {
        String model = request.requiredText("model");
        List<Input> prompts = prompts(request);
        DraftChoice draft = DraftKey.read(request);
        int maxTokens = Objects.requireNonNullElse(
                request.wholeNumber("max_tokens", 1, DecodingKeys.MAX_TOKENS), DEFAULT_MAX_TOKENS);
        ServeRequest.Decoding decoding =
                DecodingKeys.read(request, maxTokens, request.wholeNumber("logprobs", 0, MAX_TOP_LOGPROBS));
        refuseUnsupported(request, decoding.choices());
        StreamKeys streaming = StreamKeys.read(request);
        request.ignore(IGNORED);
        request.refuseOthers();
        return new AnswerRequest(
                prompts.stream()
                        .map(prompt -> new GenerationRequest(model, prompt, null, draft, decoding))
                        .toList(),
                streaming,
                new CompletionFormat(decoding.topLogprobs() != null));
    }

    private static List<Input> prompts(StrictObject request) {
        JsonNode prompt = request.raw("prompt");
        if (prompt == null) {
            throw new Refusal(
                    RefusalCode.MISSING_PARAMETER, "'prompt' is required: give the text to be continued", "prompt");
        }
        boolean isOne = prompt.isString()
                || (prompt.isArray() && !prompt.isEmpty() && prompt.get(0).isNumber());
        List<Input> prompts = new ArrayList<>();
        for (JsonNode each : isOne ? List.of(prompt) : prompt) {
            prompts.add(prompt(request, each));
        }
        if (prompts.isEmpty() || prompts.size() > MAX_PROMPTS) {
            throw request.invalid("prompt", "must be 1 to " + MAX_PROMPTS + " prompts", prompt);
        }
        return prompts;
    }

    private static Input prompt(StrictObject request, JsonNode prompt) {
        if (prompt.isString() && !prompt.stringValue().isEmpty()) {
            return new Input.Text(prompt.stringValue());
        }
        List<Integer> ids = new ArrayList<>();
        prompt.forEach(id -> ids.add(id.isInt() ? id.intValue() : -1));
        if (!prompt.isArray() || ids.isEmpty() || ids.contains(-1)) {
            throw request.invalid("prompt", "must be a text, a list of token ids, or a list of either", prompt);
        }
        return new Input.Tokens(ids);
    }

    private static void refuseUnsupported(StrictObject request, int choices) {
        if (Boolean.TRUE.equals(request.flag("echo"))) {
            throw DecodingKeys.notSupported(request, "echo", "put the prompt before the answer yourself");
        }
        String suffix = request.text("suffix");
        if (suffix != null && !suffix.isEmpty()) {
            throw DecodingKeys.notSupported(request, "suffix", "leave it out");
        }
        Integer bestOf = request.wholeNumber("best_of", 1, DecodingKeys.MAX_TOKENS);
        if (bestOf != null && bestOf != choices) {
            throw DecodingKeys.notSupported(request, "best_of", "leave it out or give the same number as in 'n'");
        }
    }
}
