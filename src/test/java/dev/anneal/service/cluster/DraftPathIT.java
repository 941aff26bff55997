package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.service.files.FilePurpose;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** A draft from its job to the answers that it speeds up. */
@SystemTest
class DraftPathIT extends EngineTest {

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
            'kind': 'model', 'draft_model': 'anneal-tiny' ; 'max_steps': 12 ; 1.5
            'kind': 'eagle3', 'head': {'draft_vocab_size': 300}, 'hidden_state_cache_bytes': 10000000 ; 'max_steps': 60, 'learning_rate': 0.003 ; 1.05
            'kind': 'eagle3' ; 'max_steps': 60, 'learning_rate': 0.003, 'adapter': 'none' ; 1.05
            'kind': 'eagle1' ; 'max_steps': 60, 'learning_rate': 0.003 ; 1.05
            """)
    void aDraftLearnsItsTargetsTokensAndChangesNoAnswer(String kind, String settings, double least) throws IOException {
        String train = file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.train.jsonl", 40));
        String test = file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.test.jsonl", 10));
        String target = model(queuedJob(ALPHA, train, ", 'anneal': {'max_steps': 10}"));

        String id = json(post(ALPHA, "/v1/fine_tuning/jobs", """
                        {'model': '%s', 'training_file': '%s', 'validation_file': '%s', 'method': {'type': 'speculative_draft', 'speculative_draft': {
                          %s, 'regenerate': {'temperature': 0, 'max_tokens': 32},
                          'evaluation': {'prompts': 4, 'max_tokens': 24}}}, 'anneal': {%s}}
                        """.formatted(target, train, test, kind, settings)))
                .path("id")
                .asString();
        String draft = model(id);

        JsonNode series = json(get(ALPHA, "/v1/fine_tuning/jobs/" + id + "/metrics?limit=200"))
                .path("data");
        JsonNode last = series.get(series.size() - 1);
        assertThat(last.at("/metrics/acceptance~11").asDouble())
                .isGreaterThan(series.get(0).at("/metrics/acceptance~11").asDouble());
        assertThat(last.at("/valid_metrics/acceptance_length~1greedy").asDouble())
                .isGreaterThan(least);
        assertThat(last.at("/valid_metrics/acceptance_length~1sampled").asDouble())
                .isGreaterThan(1);
        JsonNode exported = json(post(ALPHA, "/v1/fine_tuning/jobs/" + id + "/exports", "{'kind': 'draft'}"));
        JsonNode export = ended(
                "/v1/fine_tuning/jobs/" + id + "/exports/" + exported.path("id").asString());
        assertThat(export.path("status").asString()).as(export.toString()).isEqualTo("succeeded");
        assertThat(export.at("/proof/mean_kl").asDouble()).as(export.toString()).isBetween(0.0, 0.01);
        assertThat(export.at("/proof/mean_logit_span").asDouble()).isPositive();
        JsonNode alone = answer(target, "null");
        JsonNode drafted = answer(target, "'" + draft + "'");
        assertThat(drafted.path("choices")).isEqualTo(alone.path("choices"));
        post(ALPHA, "/v1/models/" + target + "/draft", "{'draft': '" + draft + "'}");
        assertThat(answer(target, null).path("choices")).isEqualTo(alone.path("choices"));
    }

    /**
     * A draft is trained further for the same target, where it begins as it ended, and for one that was tuned since.
     */
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
            'kind': 'model' ; 'draft_model': 'anneal-tiny' ; 'adapter': 'none'
            'kind': 'eagle3' ; 'head': {'draft_vocab_size': 300, 'fc_norm': true, 'norm_output': false} ; 'adapter': 'none'
            'kind': 'eagle3' ; 'head': {'layer_ids': [1, 2], 'norm_before_residual': false} ; 'adapter': 'lora'
            'kind': 'eagle1' ; 'evaluation': {'prompts': 4} ; 'adapter': 'none'
            """)
    void aDraftIsTrainedFurther(String kind, String trained, String adapter) throws IOException {
        String train = file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.train.jsonl", 24));
        String test = file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.test.jsonl", 10));
        String first = drafting("anneal-tiny", train, test, kind + ", " + trained, adapter + ", 'max_steps': 4");
        String named = kind + ", 'draft_model': '" + model(first) + "'";
        String target = model(queuedJob(ALPHA, train, ", 'anneal': {'max_steps': 4}"));

        String further = drafting("anneal-tiny", train, test, named, "'max_steps': 2");
        String refreshed = drafting(target, train, test, named, "'max_steps': 2");
        model(further);
        String draft = model(refreshed);

        String ended = validated(first, 4);
        String begun = validated(further, 0);
        assertThat(begun).contains("loss=").isEqualTo(ended);
        assertThat(validated(refreshed, 0)).contains("loss=").isNotEqualTo(ended);
        assertThat(answer(target, "'" + draft + "'").path("choices"))
                .isEqualTo(answer(target, "null").path("choices"));
    }

    private String drafting(String target, String train, String test, String method, String settings) {
        HttpResponse<String> created =
                post(ALPHA, "/v1/fine_tuning/jobs", """
                {'model': '%s', 'training_file': '%s', 'validation_file': '%s', 'seed': 3,
                 'method': {'type': 'speculative_draft', 'speculative_draft': {%s}}, 'anneal': {%s}}
                """.formatted(target, train, test, method, settings));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        return json(created).path("id").asString();
    }

    /** What the validation after a step has measured. */
    private String validated(String job, int step) {
        String begin = "Step " + step + ": full validation ";
        return json(get(ALPHA, "/v1/fine_tuning/jobs/" + job + "/events?limit=100"))
                .findValuesAsString("message")
                .stream()
                .filter(message -> message.startsWith(begin))
                .map(message -> message.substring(begin.length()))
                .findFirst()
                .orElseThrow();
    }

    private String model(String job) {
        JsonNode ended = ended("/v1/fine_tuning/jobs/" + job);
        assertThat(ended.path("status").asString()).as(ended.toString()).isEqualTo("succeeded");
        return ended.path("fine_tuned_model").asString();
    }

    /** How many tokens the engine lets the draft propose depends on times that it measures. */
    private JsonNode answer(String model, @Nullable String draft) {
        return json(post(
                ALPHA,
                "/v1/chat/completions",
                "{'model': '%s', 'messages': [{'role': 'user', 'content': 'Hi'}], 'temperature': 0, 'max_tokens': 24%s}"
                        .formatted(model, draft == null ? "" : ", 'anneal': {'draft': " + draft + "}")));
    }
}
