package dev.anneal.engine.grade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Graders that ask a model. */
class ModelGraderTest {

    private static final String SCORE =
            "{'type': 'score_model', 'name': 'judge', 'model': 'm', 'range': [0, 2], 'sampling_params': {'temperature': 0.5, 'top_p': 0.9, 'seed': 7, 'max_completions_tokens': 16},"
                    + " 'input': [{'role': 'system', 'content': 'Be fair.'}, {'type': 'message', 'role': 'user', 'content': ['Rate ', {'type': 'input_text', 'text': '{{sample.output_text}} for {{item.answer}}'}]}]}";
    private static final String LABEL =
            "{'type': 'label_model', 'name': 'judge', 'model': 'm', 'labels': ['good', 'bad'], 'passing_labels': ['good'], 'input': [{'role': 'user', 'content': '{{sample.output_text}}'}]}";

    private static Grade grade(String grader, GradingReply.Answer answer) {
        return GradersTest.parse(grader).grade(new Sample(Map.of("answer", "a"), "c"), question -> List.of(answer));
    }

    @Test
    void theModelIsAskedOnceForAllThatCanBeAsked() {
        List<GradingQuestion> asked = new ArrayList<>();
        ExternalGraders judge = question -> {
            asked.add(question);
            return List.of(GradingReply.Answer.ofModel("1.5", 10), GradingReply.Answer.ofModel("9", 20));
        };
        List<Grade> grades = GradersTest.parse(SCORE)
                .grade(
                        List.of(
                                new Sample(Map.of("answer", "a"), "b"),
                                new Sample(Map.of(), "c"),
                                new Sample(Map.of("answer", "d"), "e")),
                        judge);
        assertThat(asked)
                .containsExactly(new GradingQuestion.OfModel(
                        "m",
                        List.of(
                                List.of(
                                        new GradingQuestion.Message("system", "Be fair."),
                                        new GradingQuestion.Message("user", "Rate b for a")),
                                List.of(
                                        new GradingQuestion.Message("system", "Be fair."),
                                        new GradingQuestion.Message("user", "Rate e for d"))),
                        0.5,
                        0.9,
                        16,
                        7));
        assertThat(grades).extracting(Grade::reward).containsExactly(1.5, null, 2.0);
        assertThat(grades.get(2).judgeTokens()).containsExactly(Map.entry("m", 20L));
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0.5", "-3, 0", "7, 2", "Score: 1, 1"})
    void scoresAreBroughtIntoTheRange(String answer, double reward) {
        assertThat(grade(SCORE, GradingReply.Answer.ofModel(answer, 1)).reward())
                .isEqualTo(reward);
    }

    @ParameterizedTest
    @CsvSource({"good, 1", "It is bad., 0"})
    void labelsPassOrNot(String answer, double reward) {
        assertThat(grade(LABEL, GradingReply.Answer.ofModel(answer, 1)).reward())
                .isEqualTo(reward);
    }

    @Test
    void answersWithoutAVerdictGiveNone() {
        assertThat(grade(SCORE, GradingReply.Answer.ofModel("fine", 1)))
                .matches(grade -> grade.reward() == null && grade.has(ErrorFlag.MODEL_GRADER_PARSE_ERROR));
        assertThat(grade(LABEL, GradingReply.Answer.ofModel("fine", 1)))
                .matches(grade -> grade.reward() == null && grade.has(ErrorFlag.MODEL_GRADER_PARSE_ERROR));
        assertThat(grade(SCORE, GradingReply.Answer.ofModel(" ", 1)))
                .matches(grade -> grade.reward() == null && grade.has(ErrorFlag.MODEL_GRADER_REFUSAL_ERROR));
        assertThat(grade(SCORE, GradingReply.Answer.failed("away")))
                .matches(grade -> grade.reward() == null && grade.has(ErrorFlag.MODEL_GRADER_SERVER_ERROR));
    }

    /** Of which each by itself would do. */
    @Test
    void messagesThatAreTooLongTogetherAreNotAskedAbout() {
        String message = "{'role': 'user', 'content': '{{item.answer}}'}";
        Grade grade = GradersTest.parse(
                        LABEL.replace("{{sample.output_text}}'}", "first'}, " + message + ", " + message))
                .grade(new Sample(Map.of("answer", "a".repeat(600_000)), "c"), ExternalGraders.NONE);
        assertThat(grade.reward()).isNull();
        assertThat(grade.errors()).singleElement().satisfies(error -> {
            assertThat(error.flag()).isEqualTo(ErrorFlag.OTHER_ERROR);
            assertThat(error.message()).startsWith("'grader.input[2].content'");
        });
    }

    @Test
    void aJudgeThatFailsIsAnErrorOfTheGrades() {
        Sample sample = new Sample(Map.of("answer", "a"), "c");
        ExternalGraders throwing = question -> {
            throw new IllegalStateException("broken");
        };
        ExternalGraders silent = question -> List.of();
        for (ExternalGraders outside : List.of(throwing, silent, ExternalGraders.NONE)) {
            Grade grade = GradersTest.parse(SCORE).grade(sample, outside);
            assertThat(grade.reward()).isNull();
            assertThat(grade.has(ErrorFlag.MODEL_GRADER_SERVER_ERROR)).isTrue();
        }
    }

    @Test
    void modelsWithinAFormulaAreNamed() {
        Grader multi = GradersTest.parse("{'type': 'multi', 'graders': [" + SCORE + "], 'calculate_output': 'judge'}");
        assertThat(multi.judges()).isEqualTo(Map.of("m", "grader.graders[0].model"));
        Grade grade = multi.grade(
                new Sample(Map.of("answer", "a"), "c"), question -> List.of(GradingReply.Answer.ofModel("1", 5)));
        assertThat(grade.judgeTokens()).containsExactly(Map.entry("m", 5L));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'range': [1, 0] | grader.range | must be two numbers between -1e6 and 1e6, the lower one first, but is [1, 0]",
                "'range': [0] | grader.range | must be two numbers",
                "'sampling_params': {'temperature': 3} | grader.sampling_params.temperature | must be a number from 0 to 2, but is 3",
                "'sampling_params': {'seed': 1.5} | grader.sampling_params.seed | must be a whole number",
                "'sampling_params': {'max_tokens': 3} | grader.sampling_params.max_tokens | is not known here",
                "'sampling_params': {'reasoning_effort': 'low'} | grader.sampling_params.reasoning_effort | leave it out",
                "'model': null | grader.model | is required",
                "'input': [] | grader.input | must be an array of 1 to 64 entries",
                "'input': [{'role': 'tool', 'content': 'x'}] | grader.input[0].role | must be one of system, developer, user, assistant",
                "'input': [{'role': 'user'}] | grader.input[0].content | is required",
                "'input': [{'role': 'user', 'content': '{{x}}'}] | grader.input[0].content | asks for {{x}}",
                "'input': [{'role': 'user', 'content': [{'type': 'input_image', 'image_url': 'x'}]}] | grader.input[0].content[0].type | models here read text alone",
                "'input': [{'role': 'user', 'content': [{'type': 'input_text', 'text': 'x', 'y': 1}]}] | grader.input[0].content[0].y | is not known here"
            })
    void whatIsWrongIsNamedWithItsPlace(String change, String param, String part) {
        Map<String, @Nullable Object> json = GradersTest.changed(SCORE, "{" + change + "}");
        assertThatThrownBy(() -> Graders.parse(json, "grader"))
                .isInstanceOfSatisfying(
                        GraderException.class, e -> assertThat(e.param()).isEqualTo(param))
                .hasMessageContaining(part);
    }

    @Test
    void passingLabelsAreLabels() {
        Map<String, @Nullable Object> json = GradersTest.changed(LABEL, "{'passing_labels': ['fine']}");
        assertThatThrownBy(() -> Graders.parse(json, "grader"))
                .hasMessage("'grader.passing_labels' holds \"fine\", which is none of 'labels': good, bad");
    }
}
