package dev.anneal.engine.grade.formula;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arithmetic by hand, and what is no formula. */
class FormulaTest {

    private static final Map<String, Double> VALUES = Map.of("a", 0.5, "b", 2.0, "min", 7.0);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 + 2 * 3 | 7",
                "(1 + 2) * 3 | 9",
                "10 - 4 - 3 | 3",
                "12 / 3 / 2 | 2",
                "-2 ^ 2 | -4",
                "2 ^ 3 ^ 2 | 512",
                "2 ^ -1 | 0.5",
                "--3 | 3",
                "2 * -3 | -6",
                "0.5*a+0.5*b | 1.25",
                ".5e1 + 1. | 6",
                "min(a, b, 0.1) + max(a, b) | 2.1",
                "abs(-3) + floor(1.7) + ceil(1.2) | 6",
                "sqrt(16) + exp(0) + log(exp(2)) | 7",
                "min + 1 | 8",
                "min(min, 3) | 3",
                "((((a)))) | 0.5"
            })
    void valuesAreThoseOfArithmetic(String text, double expected) throws FormulaException {
        assertThat(Formula.parse(text, VALUES.keySet()).value(VALUES)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1 / 0", "0 / 0", "log(-1)", "sqrt(-1)", "exp(1000)", "10 ^ 400", "log(0)"})
    void whatHasNoValueIsNotFinite(String text) throws FormulaException {
        assertThat(Formula.parse(text, List.of()).value(Map.of())).isNotFinite();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a + | cannot be read at character 4: expected a number, a grader's name, a function or '(', found the end",
                "a b | cannot be read at character 3: expected an operator, one of + - * / ^, or the end, found 'b'",
                "a ** b | cannot be read at character 4: expected a number, a grader's name, a function or '(', found '*'",
                "(a | cannot be read at character 3: expected ')', found the end",
                "c + 1 | names 'c' at character 1, which is none of its graders: a, b",
                "pow(a, 2) | calls 'pow' at character 1, which is none of min, max, abs, floor, ceil, exp, sqrt, log",
                "abs(a, b) | gives abs 2 numbers at character 1; it takes one",
                "max() | cannot be read at character 5: expected a number, a grader's name, a function or '(', found ')'",
                "a if b | cannot be read at character 3: expected an operator, one of + - * / ^, or the end, found 'i'",
                "__import__('os') | calls '__import__' at character 1, which is none of min, max, abs, floor, ceil, exp, sqrt, log"
            })
    void whatCannotBeReadIsNamedWithItsPlace(String text, String explanation) {
        assertThatThrownBy(() -> Formula.parse(text, List.of("a", "b")))
                .isInstanceOf(FormulaException.class)
                .hasMessage(explanation);
    }

    @Test
    void depthAndLengthAreBounded() {
        assertThatThrownBy(() -> Formula.parse("(".repeat(400) + "a" + ")".repeat(400), List.of("a")))
                .hasMessageContaining("nested more than 32 deep");
        assertThatThrownBy(() -> Formula.parse("-".repeat(900) + "a", List.of("a")))
                .hasMessageContaining("nested more than 32 deep");
        assertThatThrownBy(() -> Formula.parse("2^".repeat(400) + "a", List.of("a")))
                .hasMessageContaining("nested more than 32 deep");
        assertThatThrownBy(() -> Formula.parse("a+".repeat(600) + "a", List.of("a")))
                .hasMessageContaining("at most 1000 are read");
    }

    @Test
    void variablesAreThoseThatAreUsed() throws FormulaException {
        assertThat(Formula.parse("a + a", List.of("a", "b")).variables()).containsExactly("a");
    }
}
