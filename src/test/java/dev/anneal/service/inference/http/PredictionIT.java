package dev.anneal.service.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionPredictionContent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Work that is saved, predicted answers and kept beginnings of prompts, by OpenAI's strict client and by hand. */
class PredictionIT extends InferenceTest {

    private static final String CHATS = "/v1/chat/completions";
    private static final int REQUESTS = 50;

    /**
     * Whether one request's draft tokens are read depends on measured times. A time that other work has spoilt is
     * forgotten after 16 steps, so one of many requests has draft tokens.
     */
    @Test
    void aPredictedAnswerIsTheSameInFewerSteps() {
        OpenAIClient client = openai(ALPHA);
        ChatCompletion plain = client.chat().completions().create(sum().build());
        long accepted = 0;
        for (int request = 0; request < REQUESTS && accepted == 0; request++) {
            ChatCompletion predicted = client.chat()
                    .completions()
                    .create(sum().prediction(ChatCompletionPredictionContent.builder()
                                    .content(text(plain))
                                    .build())
                            .build());
            predicted.validate();
            assertThat(text(predicted)).isEqualTo(text(plain));
            assertThat(predicted.usage().orElseThrow().completionTokens())
                    .isEqualTo(plain.usage().orElseThrow().completionTokens());
            accepted = acceptedTokens(predicted);
        }

        assertThat(accepted).isPositive();
    }

    @Test
    void aPredictionMayHaveParts() {
        JsonNode answer =
                json(post(ALPHA, CHATS, request("{'type': 'content', 'content': [{'type': 'text', 'text': 'a'}]}")));

        assertThat(answer.at("/usage/completion_tokens_details/rejected_prediction_tokens")
                        .isIntegralNumber())
                .isTrue();
    }

    private static long acceptedTokens(ChatCompletion answer) {
        return answer.usage()
                .orElseThrow()
                .completionTokensDetails()
                .orElseThrow()
                .acceptedPredictionTokens()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {'content': 'a'}                                           | prediction.type    | is required
                    {'type': 'text', 'content': 'a'}                           | prediction.type    | must be one of content, but is "text"
                    {'type': 'content'}                                        | prediction.content | must be a string or a list of
                    {'type': 'content', 'content': [{'type': 'image_url'}]}    | prediction.content | image_url
                    {'type': 'content', 'content': 'a', 'tokens': 1}           | prediction.tokens  | tokens
                    """)
    void aWrongPredictionIsRefused(String prediction, String param, String message) {
        JsonNode error = json(post(ALPHA, CHATS, request(prediction))).path("error");

        assertThat(error.path("param").asString()).isEqualTo(param);
        assertThat(error.path("message").asString()).contains(message);
    }

    /** A chat of more than a block of 128 tokens. */
    @Test
    void aPromptThatBeginsLikeAnEarlierOneIsNotReadAgain() {
        String system = "Answer briefly, and only what was asked. ".repeat(30);
        ChatCompletionCreateParams.Builder first = sum().addSystemMessage(system);

        ChatCompletion anew = openai(BETA).chat().completions().create(first.build());
        ChatCompletion again = openai(BETA).chat().completions().create(first.build());
        ChatCompletion ofAnother = openai(ALPHA).chat().completions().create(first.build());

        assertThat(cachedTokens(anew)).isZero();
        assertThat(cachedTokens(again))
                .isBetween(128L, again.usage().orElseThrow().promptTokens() - 1);
        assertThat(cachedTokens(ofAnother)).isZero();
        assertThat(text(again)).isEqualTo(text(anew));
    }

    private static long cachedTokens(ChatCompletion answer) {
        return answer.usage()
                .orElseThrow()
                .promptTokensDetails()
                .orElseThrow()
                .cachedTokens()
                .orElseThrow();
    }

    private static ChatCompletionCreateParams.Builder sum() {
        return ChatCompletionCreateParams.builder()
                .model("anneal-tiny")
                .addUserMessage("What is 17 + 25?")
                .temperature(0)
                .maxCompletionTokens(30);
    }

    private static String text(ChatCompletion answer) {
        return answer.choices().get(0).message().content().orElseThrow();
    }

    private static String request(String prediction) {
        return "{'model': 'anneal-tiny', 'max_tokens': 2, 'messages': [{'role': 'user', 'content': 'Hello'}], 'prediction': "
                + prediction + "}";
    }
}
