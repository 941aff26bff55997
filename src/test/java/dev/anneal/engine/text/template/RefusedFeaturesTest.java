package dev.anneal.engine.text.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What Jinja or Python has and chat templates do not use is refused by its name, at the latest where it is used. */
class RefusedFeaturesTest {

    private static final String FILTERS =
            "attr batch center e escape filesizeformat forceescape format groupby pprint random "
                    + "slice striptags truncate urlencode urlize wordcount wordwrap xmlattr from_json";

    private static final String TESTS = "divisibleby escaped filter lower sameas test upper";

    private static final String FUNCTIONS = "cycler dict joiner lipsum self caller varargs kwargs";

    private static final String TAGS = "autoescape call do raw trans with";

    private static final Map<String, String> ATTRIBUTES = Map.of(
            "'a'",
            "casefold center encode expandtabs format_map index isalnum isalpha isascii isdecimal isdigit isidentifier islower "
                    + "isnumeric isprintable isspace istitle isupper ljust maketrans partition rfind rindex rjust rpartition "
                    + "rsplit splitlines swapcase translate zfill",
            "{}",
            "clear copy fromkeys pop popitem setdefault update",
            "[1]",
            "append clear copy count extend index insert pop remove reverse sort",
            "(1, 2)",
            "count index",
            "1",
            "bit_length imag numerator real",
            "true",
            "bit_length real",
            "1.5",
            "hex is_integer real",
            "range(3)",
            "index start step stop",
            "{}.keys()",
            "isdisjoint",
            "range",
            "name");

    static Stream<Arguments> refused() {
        Stream<Arguments> attributes = ATTRIBUTES.entrySet().stream()
                .flatMap(entry ->
                        each(entry.getValue(), "{{ (" + entry.getKey() + ").@ is defined }}", "the attribute '@'"));
        return Stream.of(
                        each(FILTERS, "{{ 'a' | @ }}", "the filter '@'"),
                        each(TESTS, "{{ 'a' is @ }}", "the test '@'"),
                        each(FUNCTIONS, "{{ @ is defined }}", "the function '@'"),
                        each(TAGS, "{% @ %}", "the tag '@'"),
                        each(
                                "changed cycle depth depth0",
                                "{% for x in [1] %}{{ loop.@ }}{% endfor %}",
                                "the attribute '@'"),
                        each("recursive", "{% for x in [1] @ %}{% endfor %}", "the word '@'"),
                        each("**", "{{ 2 @ 3 }}", "the operator '@'"),
                        each("%", "{{ 'a%s' @ 3 }}", "the operator '@'"),
                        each("0x 0b 1_ 01", "{{ @1 }}", "a number that begins with '@'"),
                        each("\\1 \\N", "{{ '@{x}' }}", "the escape sequence '@'"),
                        each("{:d} {a.b} { {0} {x}", "{{ '@'.format(1) }}", "the format '@'"),
                        attributes)
                .flatMap(stream -> stream);
    }

    private static Stream<Arguments> each(String names, String template, String named) {
        return Stream.of(names.split(" "))
                .map(name -> Arguments.of("\n" + template.replace("@", name), named.replace("@", name)));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void isRefusedByName(String template, String named) {
        assertThatThrownBy(() -> ChatTemplate.compile(template, Instant.EPOCH).render(Map.of()))
                .isInstanceOf(TemplateException.class)
                .hasMessageStartingWith("line 2 of the chat template: " + named)
                .hasMessageContaining(" is not supported here: ");
    }

    @Test
    void isRefusedOnlyWhereItIsUsed() {
        String template = "{% if false %}{{ 'a' | from_json }}{{ x is upper }}{{ x.zfill(2) }}{% endif %}b";
        assertThat(ChatTemplate.compile(template, Instant.EPOCH)
                        .render(Map.of())
                        .text())
                .isEqualTo("b");
    }

    @Test
    void saysWhatIsSupported() {
        assertThatThrownBy(() -> ChatTemplate.compile("{{ [1] | groupby('a') }}", Instant.EPOCH)
                        .render(Map.of()))
                .hasMessage("line 1 of the chat template: the filter 'groupby' is not supported here: filters are abs, "
                        + "capitalize, count, d, default, dictsort, first, float, indent, int, items, join, last, length, "
                        + "list, lower, map, max, min, reject, rejectattr, replace, reverse, round, safe, select, "
                        + "selectattr, sort, string, sum, title, tojson, trim, unique, upper");
    }

    @Test
    void templatesMayUseTheNamesForTheirOwnVariables() {
        String template =
                "{% set dict = 'a' %}{% macro f(kwargs, self) %}{{ kwargs }}{{ self }}{% endmacro %}{{ dict }}{{ f(1, 2) }}";
        assertThat(List.of(ChatTemplate.compile(template, Instant.EPOCH)
                        .render(Map.of())
                        .text()))
                .containsExactly("a12");
    }
}
