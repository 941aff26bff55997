package dev.anneal.service.inference.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import dev.anneal.protocol.ServeRequest;
import dev.anneal.service.TestFolders;
import dev.anneal.service.inference.Generation;
import dev.anneal.service.inference.GenerationRequest;
import dev.anneal.service.inference.TextGenerator;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/**
 * Chats and completions of the bundled model by OpenAI's strict client and by hand. Tuned models:
 * {@link dev.anneal.service.cluster.WholePathIT}.
 */
class GenerationIT extends InferenceTest {

    private static final String CHATS = "/v1/chat/completions";
    private static final String COMPLETIONS = "/v1/completions";
    private static final String SUM = "What is 17 + 25?";
    private static final String WORDS = "Sort the words: river apple stone cloud";

    @Autowired
    private TextGenerator generator;

    @Autowired
    private MeterRegistry registry;

    @Test
    void aChatIsAnsweredAsOpenAiAnswersIt() {
        ChatCompletion answer = openai(ALPHA).chat().completions().create(sum().build());

        answer.validate();
        assertThat(answer.id()).startsWith("chatcmpl-");
        assertThat(answer.choices()).hasSize(1);
        assertThat(answer.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(text(answer)).isNotEmpty();
        assertThat(answer.usage().orElseThrow().promptTokens()).isPositive();
        assertThat(answer.usage().orElseThrow().totalTokens())
                .isEqualTo(answer.usage().orElseThrow().promptTokens()
                        + answer.usage().orElseThrow().completionTokens());
        assertThat(chat(", 'max_tokens': 1").path("system_fingerprint").asString())
                .startsWith("fp_");
    }

    @Test
    void aStreamedChatHasTheSameTextAndUsage() {
        OpenAIClient client = openai(ALPHA);
        ChatCompletion whole = client.chat().completions().create(sum().build());
        List<ChatCompletionChunk> chunks;
        try (StreamResponse<ChatCompletionChunk> stream = client.chat()
                .completions()
                .createStreaming(sum().streamOptions(ChatCompletionStreamOptions.builder()
                                .includeUsage(true)
                                .build())
                        .build())) {
            chunks = stream.stream().toList();
        }

        chunks.forEach(ChatCompletionChunk::validate);
        assertThat(chunks.stream()
                        .flatMap(chunk -> chunk.choices().stream())
                        .flatMap(choice -> choice.delta().content().stream())
                        .collect(Collectors.joining()))
                .isEqualTo(text(whole));
        assertThat(chunks.get(chunks.size() - 2).choices().get(0).finishReason())
                .contains(ChatCompletionChunk.Choice.FinishReason.STOP);
        assertThat(chunks.get(chunks.size() - 1).choices()).isEmpty();
        assertThat(chunks.get(chunks.size() - 1).usage().orElseThrow().completionTokens())
                .isEqualTo(whole.usage().orElseThrow().completionTokens());
    }

    @Test
    void seedsDecideWhatIsDrawnAndChoicesDiffer() {
        String drawn = "{'model': 'anneal-tiny', 'messages': [{'role': 'user', 'content': 'Say something'}],"
                + " 'temperature': 1.5, 'seed': 7, 'n': 3, 'max_tokens': 12}";
        JsonNode first = json(post(ALPHA, CHATS, drawn)).path("choices");
        JsonNode second = json(post(ALPHA, CHATS, drawn)).path("choices");

        assertThat(second).isEqualTo(first);
        assertThat(first.valueStream()
                        .map(choice -> choice.at("/message/content"))
                        .distinct())
                .hasSizeGreaterThan(1);
    }

    @Test
    void anAnswerEndsBeforeAStopText() {
        String all = content(chat(", 'max_tokens': 30"));
        String stop = all.substring(all.length() / 2, all.length() / 2 + 2);

        JsonNode cut = chat(", 'max_tokens': 30, 'stop': ['" + stop + "', 'never said']");

        assertThat(content(cut)).isEqualTo(all.substring(0, all.indexOf(stop)));
        assertThat(cut.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(chat(", 'max_tokens': 2").at("/choices/0/finish_reason").asString())
                .isEqualTo("length");
    }

    @Test
    void logprobsTellNothingOfAStopText() {
        String all = content(chat(", 'max_tokens': 30"));
        String stop = all.substring(all.length() / 2, all.length() / 2 + 2);

        JsonNode cut = chat(", 'max_tokens': 30, 'logprobs': true, 'stop': ['" + stop + "']");
        String tokens = cut.at("/choices/0/logprobs/content")
                .valueStream()
                .map(token -> token.path("token").asString())
                .collect(Collectors.joining());

        assertThat(tokens).isNotEmpty();
        assertThat(content(cut)).startsWith(tokens);
    }

    @Test
    void logprobsTellTheAlternatives() {
        JsonNode told =
                chat(", 'max_tokens': 4, 'logprobs': true, 'top_logprobs': 3").at("/choices/0/logprobs/content");

        assertThat(told.size()).isPositive();
        assertThat(told.at("/0/top_logprobs").size()).isEqualTo(3);
        assertThat(told.at("/0/top_logprobs/0/token")).isEqualTo(told.at("/0/token"));
        assertThat(told.at("/0/logprob").asDouble()).isLessThanOrEqualTo(0);
    }

    @Test
    void textsAndTokensAreContinued() {
        Completion answer = openai(ALPHA)
                .completions()
                .create(CompletionCreateParams.builder()
                        .model("anneal-tiny")
                        .prompt(CompletionCreateParams.Prompt.ofArrayOfStrings(List.of("one two", "three")))
                        .temperature(0)
                        .maxTokens(5)
                        .logprobs(2)
                        .build());

        answer.validate();
        assertThat(answer.choices()).hasSize(2);
        assertThat(answer.choices().get(1).logprobs().orElseThrow().tokens().orElseThrow())
                .isNotEmpty();
        String streamed = post(
                        ALPHA,
                        COMPLETIONS,
                        "{'model': 'anneal-tiny', 'prompt': 'one two', 'temperature': 0, 'max_tokens': 5, 'stream': true}")
                .body();
        assertThat(streamed).endsWith("data: [DONE]\n\n");
        assertThat(streamedText(streamed)).isEqualTo(answer.choices().get(0).text());
        assertThat(json(post(ALPHA, COMPLETIONS, "{'model': 'anneal-tiny', 'prompt': [5, 6, 7]}"))
                        .at("/usage/prompt_tokens")
                        .asInt())
                .isEqualTo(3);
    }

    @Test
    void requestsAreRefusedInTheEnvelope() {
        assertRefused(404, "model_not_found", "{'model': 'gpt-4o', 'messages': [{'role': 'user', 'content': 'a'}]}");
        assertRefused(
                404,
                "model_not_found",
                "{'model': 'ft:anneal-tiny:alpha:x:y', 'messages': [{'role': 'user', 'content': 'a'}]}");
        assertRefused(400, "missing_parameter", "{'model': 'anneal-tiny'}");
        assertThat(post(ALPHA, CHATS, "{'model': 'anneal-tiny', 'messages': []}")
                        .body())
                .contains("'messages' has no messages");
        assertRefused(400, "invalid_value", "{'model': 'anneal-tiny', 'messages': [{'role': 'boss', 'content': 'a'}]}");
        assertRefused(400, "context_length_exceeded", request(", 'max_tokens': 5000"));
        assertRefused(400, "unknown_parameter", request(", 'best_of': 2"));
        assertRefused(400, "not_supported", request(", 'presence_penalty': 1"));
        assertRefused(400, "not_supported", request(", 'response_format': {'type': 'json_object'}"));
        assertRefused(400, "invalid_value", request(", 'stop': ['a', 'b', 'c', 'd', 'e']"));
    }

    /** 429 would have clients try again for ever. */
    @Test
    void moreAnswersThanThereMayEverBeAreRefusedAsSuch() {
        JsonNode chat = assertRefused(400, "invalid_value", request(", 'n': 9"));
        JsonNode completion = assertRefused(
                400, "invalid_value", COMPLETIONS, "{'model': 'anneal-tiny', 'prompt': ['a', 'b', 'c'], 'n': 3}");

        assertThat(chat.path("param").asString()).isEqualTo("n");
        assertThat(completion.path("param").asString()).isEqualTo("n");
        assertThat(completion.path("message").asString())
                .contains("9 answers", "than 8 may", "anneal.inference.max-answers", "fewer prompts");
    }

    @Test
    void moreLogprobsThanFitIntoMemoryAreRefused() {
        JsonNode error = assertRefused(
                400, "invalid_value", request(", 'n': 8, 'logprobs': true, 'top_logprobs': 20, 'max_tokens': 2000"));

        assertThat(error.path("param").asString()).isEqualTo("logprobs");
        assertThat(error.path("message").asString())
                .contains("336000 log-probabilities", "more than 262144", "'max_tokens'");
    }

    @Test
    void keysOfClientsThatSayNothingHereAreTaken() {
        JsonNode answer = chat(
                ", 'max_tokens': 2, 'store': true, 'user': 'u', 'metadata': {'a': 'b'}, 'service_tier': 'auto',"
                        + " 'parallel_tool_calls': false, 'tool_choice': 'auto', 'logit_bias': {}, 'frequency_penalty': 0");

        assertThat(answer.path("object").asString()).isEqualTo("chat.completion");
    }

    /** Eight answers, of which one alone may end by itself at once. */
    @Test
    void whatIsOpenWhenTheProcessDiesIsToldSoAndAnotherIsStarted() throws IOException {
        HttpResponse<InputStream> stream = longStream();
        try (InputStream events = stream.body()) {
            assertThat(events.read()).isEqualTo('d');
            for (ProcessHandle engine : engines()) {
                engine.destroyForcibly();
                engine.onExit().join();
            }
            assertThat(new String(events.readAllBytes(), UTF_8))
                    .contains("data: {\"error\":", "service_unavailable", "the next request starts another one")
                    .doesNotContain("[DONE]");
        }

        HttpResponse<String> next = post(ALPHA, CHATS, request(", 'max_tokens': 1"));
        assertThat(json(next).at("/usage/completion_tokens").asInt()).isEqualTo(1);
    }

    /** A stream has all places of its tenant. */
    @Test
    void aTenantOverItsShareDoesNotKeepOutOthers() throws IOException {
        try (InputStream events = longStream().body()) {
            assertThat(events.read()).isEqualTo('d');
            assertRefused(429, "queue_full", request(", 'max_tokens': 1"));
            // Nor are models fetched for requests without a place.
            assertRefused(
                    429,
                    "queue_full",
                    "{'model': 'ft:anneal-tiny:alpha:x:y', 'messages': [{'role': 'user', 'content': 'a'}]}");
            assertThat(post(BETA, CHATS, request(", 'max_tokens': 1, 'n': 8")).statusCode())
                    .isEqualTo(200);
        }
        placesBecomeFree();
    }

    /** All places of the tenant are taken by a stream whose client goes. */
    @Test
    void aClientThatGoesMakesPlaceForOthers() throws IOException {
        HttpResponse<InputStream> stream = longStream();
        try (InputStream events = stream.body()) {
            assertThat(events.read()).isEqualTo('d');
            JsonNode error = assertRefused(429, "queue_full", request(", 'max_tokens': 1"));
            assertThat(error.path("type").asString()).isEqualTo("rate_limit_error");
            assertThat(post(ALPHA, CHATS, request(", 'max_tokens': 1"))
                            .headers()
                            .firstValue("retry-after"))
                    .hasValueSatisfying(
                            seconds -> assertThat(Integer.parseInt(seconds)).isBetween(1, 8));
        }

        placesBecomeFree();
    }

    /** Streams that a test has left go on for as long as the engine takes to hear of it. */
    private void placesBecomeFree() {
        awaitValue(
                () -> post(ALPHA, CHATS, request(", 'max_tokens': 1, 'n': 8")), answer -> answer.statusCode() == 200);
    }

    /** As judges of graders make them. */
    @Test
    void theServicesOwnRequestsWaitForAPlace() throws Exception {
        GenerationRequest judgement = new GenerationRequest(
                "anneal-tiny",
                new ServeRequest.Input.Text("1"),
                new ServeRequest.Decoding(1, 1, 0, 0, 1, 0, 0, List.of(), List.of(), null));
        CompletableFuture<Generation.Whole> judged;
        try (InputStream events = longStream().body()) {
            assertThat(events.read()).isEqualTo('d');
            judged = CompletableFuture.supplyAsync(() -> generator.generate(ALPHA, judgement));
            assertRefused(429, "queue_full", request(", 'max_tokens': 1"));
        }
        assertThat(judged.get(30, TimeUnit.SECONDS).choices()).hasSize(1);
        placesBecomeFree();
    }

    @Test
    void meterCountsTokens() {
        chat(", 'max_tokens': 1");

        assertThat(registry.get("anneal.inference.tokens")
                        .tag("kind", "prompt")
                        .counter()
                        .count())
                .isPositive();
    }

    private static List<ProcessHandle> engines() throws IOException {
        try (Stream<Path> files = Files.walk(TestFolders.of("home-inference/engines"))) {
            return files.filter(file -> file.endsWith("process"))
                    .map(GenerationIT::pid)
                    .flatMap(pid -> ProcessHandle.of(pid).stream())
                    .toList();
        }
    }

    private static long pid(Path record) {
        try {
            return Long.parseLong(Files.readString(record).split(" ", 2)[0]);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ChatCompletionCreateParams.Builder sum() {
        return ChatCompletionCreateParams.builder()
                .model("anneal-tiny")
                .addDeveloperMessage("Answer briefly.")
                .addUserMessage(SUM)
                .temperature(0);
    }

    private static String text(ChatCompletion answer) {
        return answer.choices().get(0).message().content().orElseThrow();
    }

    private static String request(String moreKeys) {
        return "{'model': 'anneal-tiny', 'temperature': 0, 'messages': [{'role': 'user', 'content': '" + WORDS + "'}]"
                + moreKeys + "}";
    }

    private JsonNode chat(String moreKeys) {
        HttpResponse<String> answer = post(ALPHA, CHATS, request(moreKeys));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer);
    }

    private static String content(JsonNode chat) {
        return chat.at("/choices/0/message/content").asString();
    }

    private static String streamedText(String events) {
        return events.lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> JSON.readTree(line.substring("data: ".length())))
                .map(chunk -> chunk.at("/choices/0/text").asString())
                .collect(Collectors.joining());
    }

    private JsonNode assertRefused(int status, String code, String body) {
        return assertRefused(status, code, CHATS, body);
    }

    private JsonNode assertRefused(int status, String code, String path, String body) {
        HttpResponse<String> answer = post(ALPHA, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        JsonNode error = json(answer).path("error");
        assertThat(error.path("code").asString()).as(answer.body()).isEqualTo(code);
        return error;
    }
}
