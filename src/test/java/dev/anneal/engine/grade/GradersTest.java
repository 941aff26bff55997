package dev.anneal.engine.grade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What graders read, refuse and give. */
class GradersTest {

    static final String EQUALS =
            "{'type': 'string_check', 'name': 'same', 'input': '{{sample.output_text}}', 'reference': '{{item.answer}}', 'operation': 'eq'}";
    static final String FUZZY =
            "{'type': 'text_similarity', 'name': 'near', 'input': '{{sample.output_text}}', 'reference': '{{item.answer}}', 'evaluation_metric': 'fuzzy_match', 'pass_threshold': 0.9}";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Grader parse(String json) {
        return Graders.parse(map(json), "grader");
    }

    static Map<String, @Nullable Object> map(String json) {
        return JSON.readValue(json.replace('\'', '"'), new TypeReference<Map<String, @Nullable Object>>() {});
    }

    /** A grader with other values for some keys. */
    static Map<String, @Nullable Object> changed(String json, String changes) {
        Map<String, @Nullable Object> map = map(json);
        map.putAll(map(changes));
        return map;
    }

    static Grade grade(String grader, String answer, String completion) {
        return parse(grader).grade(new Sample(Map.of("answer", answer), completion), ExternalGraders.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "eq, Paris, Paris, 1",
        "eq, Paris, paris, 0",
        "eq, Paris, 'Paris ', 0",
        "ne, Paris, Rome, 1",
        "ne, Paris, Paris, 0",
        "like, Paris, 'It is Paris.', 1",
        "like, Paris, 'It is paris.', 0",
        "like, '%Par_s', Paris, 0",
        "ilike, PARIS, 'It is Paris.', 1",
        "ilike, Rome, 'It is Paris.', 0"
    })
    void stringChecksCompare(String operation, String answer, String completion, double reward) {
        Grade grade = grade(EQUALS.replace("'eq'", "'" + operation + "'"), answer, completion);
        assertThat(grade.reward()).isEqualTo(reward);
        assertThat(grade.errors()).isEmpty();
    }

    /** A search that begins again at each character would take minutes. */
    @ParameterizedTest
    @CsvSource({"like, 0", "ilike, 0"})
    void longTextsAreSearchedInTime(String operation, double reward) {
        String answer = "a".repeat(500_000) + "b";
        String completion = "a".repeat(1_000_000);

        Grade grade = assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> grade(EQUALS.replace("'eq'", "'" + operation + "'"), answer, completion));

        assertThat(grade.reward()).isEqualTo(reward);
    }

    @Test
    void similaritiesAreRewards() {
        assertThat(grade(FUZZY, "kitten", "kitten").reward()).isEqualTo(1.0);
        assertThat(grade(FUZZY, "kitten", "sitting").reward()).isBetween(0.6, 0.7);
    }

    @Test
    void longTextsAreComparedByTheirBeginning() {
        Grade grade = grade(FUZZY, "ab", "a".repeat(TextGraders.MAX_COMPARED + 1));
        assertThat(grade.reward()).isGreaterThan(0.0);
        assertThat(grade.has(ErrorFlag.TRUNCATED_OBSERVATION_ERROR)).isTrue();
    }

    @Test
    void textsThatBecomeTooLongGiveNoVerdict() {
        Grade grade = grade(EQUALS.replace("{{item.answer}}", "{{item.answer}}".repeat(2)), "a".repeat(900_000), "a");
        assertThat(grade.reward()).isNull();
        assertThat(grade.errors())
                .singleElement()
                .satisfies(error -> assertThat(error.message()).startsWith("'grader.reference'"));
    }

    @Test
    void aCompletionWithoutWhatIsAskedForIsWorthNothing() {
        Grade grade = grade(EQUALS.replace("output_text", "output_json.x").replace("'eq'", "'ne'"), "1", "no JSON");
        assertThat(grade.reward()).isEqualTo(0.0);
        assertThat(grade.has(ErrorFlag.SAMPLE_PARSE_ERROR)).isTrue();
    }

    @Test
    void aRowWithoutWhatIsAskedForGivesNoVerdict() {
        Grade grade = grade(EQUALS.replace("item.answer", "item.solution"), "1", "1");
        assertThat(grade.reward()).isNull();
        assertThat(grade.errors()).singleElement().satisfies(error -> {
            assertThat(error.flag()).isEqualTo(ErrorFlag.INVALID_VARIABLE_ERROR);
            assertThat(error.grader()).isEqualTo("same");
            assertThat(error.message())
                    .isEqualTo("{{item.solution}}: the row has no key 'solution' there, but an object");
        });
    }

    @Test
    void whatIsReadFromRowsIsListedWithItsPlace() {
        assertThat(parse(EQUALS.replace("{{sample.output_text}}", "{{ item.meta[0].text }}"))
                        .itemVariables())
                .containsExactly(
                        new ItemVariable("same", "grader.input", "item.meta[0].text", List.of("meta", 0, "text")),
                        new ItemVariable("same", "grader.reference", "item.answer", List.of("answer")));
    }

    @Test
    void everyCompletionHasItsGrade() {
        List<Grade> grades = parse(EQUALS)
                .grade(
                        List.of(
                                new Sample(Map.of("answer", "1"), "1"),
                                new Sample(Map.of(), "1"),
                                new Sample(Map.of("answer", 1), "1")),
                        ExternalGraders.NONE);
        assertThat(grades).extracting(Grade::reward).containsExactly(1.0, null, 1.0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | grader.type | is required: give a string",
                "{'type': 'regex'} | grader.type | must be one of string_check, text_similarity",
                "{'type': 'string_check'} | grader.input | is required: give a string, such as",
                "{'type': 'string_check', 'input': 1} | grader.input | must be a string of at most 65536 characters, but is 1",
                "{'type': 'string_check', 'input': 'a', 'reference': 'b', 'operation': 'neq'} | grader.operation | must be one of eq, ne, like, ilike, but is \"neq\"",
                "{'type': 'string_check', 'input': 'a', 'reference': 'b', 'operation': 'eq', 'case': true} | grader.case | is not known here; known are type, name, input, reference, operation",
                "{'type': 'text_similarity', 'input': 'a', 'reference': 'b', 'evaluation_metric': 'rouge_6'} | grader.evaluation_metric | must be one of cosine, fuzzy_match, bleu, gleu, meteor, rouge_1",
                "{'type': 'text_similarity', 'input': 'a', 'reference': 'b', 'evaluation_metric': 'bleu', 'pass_threshold': 'x'} | grader.pass_threshold | must be a number"
            })
    void whatIsWrongIsNamedWithItsPlace(String json, String param, String part) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOfSatisfying(GraderException.class, e -> {
                    assertThat(e.code()).isEqualTo(GraderException.Code.GRADER_INVALID);
                    assertThat(e.param()).isEqualTo(param);
                })
                .hasMessageStartingWith("'" + param + "' ")
                .hasMessageContaining(part);
    }

    @Test
    void codeOfClientsIsNotRun() {
        assertThatThrownBy(
                        () -> parse("{'type': 'python', 'name': 'p', 'source': 'def grade(sample, item): return 1.0'}"))
                .isInstanceOfSatisfying(
                        GraderException.class,
                        e -> assertThat(e.code()).isEqualTo(GraderException.Code.GRADER_NOT_SUPPORTED))
                .hasMessageContaining("runs no code of its clients");
    }
}
