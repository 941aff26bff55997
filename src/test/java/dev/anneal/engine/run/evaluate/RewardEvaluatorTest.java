package dev.anneal.engine.run.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.grade.ExternalGraders;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.EvaluateTask.Grading;
import dev.anneal.protocol.GradingReply;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Completions of the bundled model, which answers some 58 % of sums of two digits rightly, and their grades. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RewardEvaluatorTest {

    private static final Path MODEL = Path.of("src/main/resources/models/anneal-tiny");
    private static final int PROMPTS = 24;
    private static final Map<String, Object> JUDGED = Map.of(
            "type",
            "score_model",
            "model",
            "judge",
            "input",
            List.of(Map.of("role", "user", "content", "{{sample.output_text}}")));

    private final ModelTokenizer tokenizer = ModelTokenizer.open(MODEL);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private DecoderModel model;

    @BeforeAll
    void load() throws IOException {
        model = DecoderModel.load(MODEL, ElementType.FLOAT32, TestDevice.NAME);
    }

    @AfterAll
    void close() {
        model.close();
        tokenizer.close();
    }

    @Test
    void completionsAreSampledAndGraded() throws IOException {
        Progress.Evaluated evaluated = evaluate(new Grading(answerIs("{{item.answer}}"), 4, 1, 3));

        assertThat(evaluated.rows()).isEqualTo(PROMPTS);
        assertThat(evaluated.exactMatches()).isNull();
        // Of 96 completions; five standard deviations are a quarter.
        assertThat(evaluated.metrics().get("reward")).isBetween(0.33, 0.83);
        assertThat(evaluated.metrics())
                .containsEntry("rewards/exact/mean", evaluated.metrics().get("reward"))
                .containsEntry("rewards/failed_ratio", 0.0)
                .containsKeys("reward_std", "completions/mean_length", "completions/clipped_ratio");
        assertThat(evaluated.samples()).hasSize(2).first().satisfies(sample -> {
            assertThat(sample.prompt()).isEqualTo("What is 11 + 20?");
            assertThat(sample.expected()).isNull();
            assertThat(sample.reward()).isEqualTo(sample.answer().equals("31") ? 1.0 : 0.0);
        });
        assertThat(evaluate(new Grading(answerIs("{{item.answer}}"), 4, 1, 3))).isEqualTo(evaluated);
        assertThat(evaluate(new Grading(answerIs("{{item.answer}}"), 4, 1, 4)).metrics())
                .as("another seed")
                .isNotEqualTo(evaluated.metrics());
    }

    @Test
    void completionsOfTemperatureZeroAreTheSame() throws IOException {
        Progress.Evaluated evaluated = evaluate(new Grading(answerIs("{{item.answer}}"), 2, 0, 3));

        assertThat(evaluated.metrics()).containsEntry("frac_reward_zero_std", 1.0);
        assertThat(evaluate(new Grading(answerIs("{{item.answer}}"), 2, 0, 4))).isEqualTo(evaluated);
    }

    /** A base model's own end need not be the one that its chat template writes. */
    @Test
    void completionsEndWhereTheChatTemplateEndsATurn() throws IOException {
        Grading grading = new Grading(answerIs("{{item.answer}}"), 4, 1, 3);
        try (ModelTokenizer other = ModelTokenizer.open(withEnd("<|endoftext|>", 0))) {
            assertThat(other.endIds()).containsExactly(0);
            assertThat(evaluate(grading, other, ExternalGraders.NONE)).isEqualTo(evaluate(grading));
        }
    }

    @Test
    void aGraderThatSaysNothingIsAnError() {
        assertThatThrownBy(() -> evaluate(new Grading(answerIs("{{item.solution}}"), 2, 1, 0)))
                .isInstanceOf(GraderFailedException.class)
                .hasMessageContainingAll("none of the 48 completions", "'exact'", "item.solution")
                .asInstanceOf(type(GraderFailedException.class))
                .matches(failed -> !failed.mayPass(), "another attempt says nothing either");
    }

    @Test
    void aJudgeThatDoesNotAnswerMayDoSoLater() {
        assertThatThrownBy(() -> evaluate(new Grading(JUDGED, 1, 0, 0)))
                .asInstanceOf(type(GraderFailedException.class))
                .matches(GraderFailedException::mayPass);
    }

    /** Who reads that another attempt may help reads what may pass. #17 */
    @Test
    void theReasonIsTheFaultThatMayPass() {
        Map<String, Object> both = Map.of(
                "type",
                "multi",
                "name",
                "both",
                "graders",
                List.of(answerIs("{{item.solution}}"), named("judge", JUDGED)),
                "calculate_output",
                "exact + judge");

        assertThatThrownBy(() -> evaluate(new Grading(both, 1, 0, 0)))
                .hasMessageContaining("'judge' (model_grader_server_error)")
                .asInstanceOf(type(GraderFailedException.class))
                .matches(GraderFailedException::mayPass);
    }

    private static Map<String, Object> named(String name, Map<String, Object> grader) {
        Map<String, Object> named = new HashMap<>(grader);
        named.put("name", name);
        return named;
    }

    @Test
    void aJudgeWhoseAnswersHoldNoScoreSaysTheSameAgain() {
        ExternalGraders outside = judging("as you like it");

        assertThatThrownBy(() -> evaluate(new Grading(JUDGED, 1, 0, 0), outside))
                .hasMessageContaining("model_grader_parse_error")
                .asInstanceOf(type(GraderFailedException.class))
                .matches(failed -> !failed.mayPass());
    }

    @Test
    void othersAreAskedToJudge() throws IOException {
        assertThat(evaluate(new Grading(JUDGED, 1, 0, 0), judging("0.25")).metrics())
                .containsEntry("reward", 0.25);
    }

    private static ExternalGraders judging(String answer) {
        return question -> Collections.nCopies(question.size(), GradingReply.Answer.ofModel(answer, 1));
    }

    private Progress.Evaluated evaluate(Grading grading) throws IOException {
        return evaluate(grading, ExternalGraders.NONE);
    }

    /** The model's tokenizer, which ends a sequence with another token. */
    private Path withEnd(String token, int id) throws IOException {
        Path directory = Files.createDirectory(folder.resolve("model"));
        for (String file :
                List.of("tokenizer.json", "tokenizer_config.json", "config.json", "generation_config.json")) {
            String text = Files.readString(MODEL.resolve(file))
                    .replaceAll("\"eos_token_id\": (2|\\[[^]]*])", "\"eos_token_id\": " + id)
                    .replace("\"eos_token\": \"<|im_end|>\"", "\"eos_token\": \"%s\"".formatted(token));
            Files.writeString(directory.resolve(file), text);
        }
        return directory;
    }

    private Progress.Evaluated evaluate(Grading grading, ExternalGraders outside) throws IOException {
        return evaluate(grading, tokenizer, outside);
    }

    private Progress.Evaluated evaluate(Grading grading, ModelTokenizer used, ExternalGraders outside)
            throws IOException {
        EvaluateTask task = new EvaluateTask(
                new Task.BaseModel("anneal-tiny", null, MODEL.toString()),
                new Task.Machine(TestDevice.NAME, 2, "fp32"),
                Instant.EPOCH,
                null,
                sums().toString(),
                8,
                2,
                grading);
        return Evaluator.of(task, used, outside).evaluate(model, model.noAdapter(), () -> {});
    }

    private Path sums() throws IOException {
        List<String> lines = IntStream.range(0, PROMPTS)
                .mapToObj(i -> """
                        {"messages": [{"role": "user", "content": "What is %d + %d?"}], "answer": "%d"}""".formatted(11 + 3 * i, 20 + 2 * i, 31 + 5 * i))
                .collect(Collectors.toList());
        return Files.write(folder.resolve("sums.jsonl"), lines);
    }

    private static Map<String, Object> answerIs(String reference) {
        return Map.of(
                "type", "string_check",
                "name", "exact",
                "input", "{{sample.output_text}}",
                "reference", reference,
                "operation", "eq");
    }
}
