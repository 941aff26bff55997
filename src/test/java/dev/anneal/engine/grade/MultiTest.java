package dev.anneal.engine.grade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rewards that a formula combines. */
class MultiTest {

    private static final String LIST = "[" + GradersTest.EQUALS + ", " + GradersTest.FUZZY + "]";

    private static String multi(String graders, String formula) {
        return "{'type': 'multi', 'name': 'all', 'graders': " + graders + ", 'calculate_output': '" + formula + "'}";
    }

    @Test
    void rewardsAreCombined() {
        Grade grade = GradersTest.grade(multi(LIST, "0.25 * same + 0.75 * near"), "abcd", "abcx");
        assertThat(grade.reward()).isEqualTo(0.75 * 0.75);
        assertThat(grade.parts()).containsExactly(Map.entry("same", 0.0), Map.entry("near", 0.75));
    }

    @Test
    void gradersMayStandUnderTheirNames() {
        Grade grade = GradersTest.grade(
                multi("{'first': " + GradersTest.EQUALS + ", 'type': " + GradersTest.FUZZY + "}", "(first + type) / 2"),
                "a",
                "a");
        assertThat(grade.reward()).isEqualTo(1.0);
        assertThat(grade.parts()).containsOnlyKeys("first", "type");
    }

    @Test
    void oneGraderMayStandAlone() {
        assertThat(GradersTest.grade(multi(GradersTest.EQUALS, "2 * same - 1"), "a", "b")
                        .reward())
                .isEqualTo(-1.0);
    }

    @Test
    void withoutAVerdictOfAPartThereIsNone() {
        String graders = LIST.replaceFirst("item.answer", "item.solution");
        Grade grade = GradersTest.grade(multi(graders, "same + near"), "a", "a");
        assertThat(grade.reward()).isNull();
        assertThat(grade.parts().get("near")).isEqualTo(1.0);
        assertThat(grade.has(ErrorFlag.INVALID_VARIABLE_ERROR)).isTrue();
        assertThat(GradersTest.grade(multi(graders, "near"), "a", "a").reward()).isEqualTo(1.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 / same", "log(same - 1)", "1e7 * near", "exp(1000 * near)"})
    void rewardsThatAreNoUsableNumberAreErrors(String formula) {
        Grade grade = GradersTest.grade(multi(LIST, formula), "abcd", "abcx");
        assertThat(grade.reward()).isNull();
        assertThat(grade.errors()).singleElement().satisfies(error -> {
            assertThat(error.flag()).isEqualTo(ErrorFlag.OTHER_ERROR);
            assertThat(error.grader()).isEqualTo("all");
            assertThat(error.message()).startsWith("the reward must be a number between -1e6 and 1e6, but is ");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | same | grader.graders | must hold 1 to 32 graders, but holds 0",
                "'x' | same | grader.graders | must be an object",
                "[1] | same | grader.graders[0] | must be an object, but is 1",
                "[{'type': 'string_check', 'name': 'a b'}] | x | grader.graders[0].name | is a variable of calculate_output",
                "{'a-b': {'type': 'string_check'}} | x | grader.graders.a-b | is a variable of calculate_output",
                "[{'type': 'multi', 'name': 'm'}] | m | grader.graders[0].type | is 'multi' within a 'multi'",
                "[{'type': 'string_check', 'name': 'a', 'input': ''}] | a | grader.graders[0].reference | is required",
                "{'a': {'type': 'python', 'source': ''}} | a | grader.graders.a.type | is 'python'",
                "@ | same + other | grader.calculate_output | names 'other' at character 8, which is none of its graders: same, near",
                "[#, #] | same | grader.graders[1] | has the name 'same' of another grader"
            })
    void whatIsWrongIsNamedWithItsPlace(String graders, String formula, String param, String part) {
        String json = multi(graders.replace("@", LIST).replace("#", GradersTest.EQUALS), formula);
        assertThatThrownBy(() -> GradersTest.parse(json))
                .isInstanceOfSatisfying(
                        GraderException.class, e -> assertThat(e.param()).isEqualTo(param))
                .hasMessageContaining(part);
    }
}
