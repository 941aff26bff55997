package dev.anneal.engine.text.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.penetration.Penetration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mutated templates render, or are refused as templates; nothing else comes out of them, and not late. */
@Penetration
class TemplateFuzzTest {

    private static final int SEEDS = 8;
    private static final int MUTANTS_PER_SEED = 400;

    /** The budget's two seconds and what a busy machine adds. */
    private static final Duration LIMIT = Duration.ofSeconds(4);

    /** What a mutation puts in: what templates are made of, and what has hurt other interpreters. */
    private static final List<String> PIECES = List.of(
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "{%-",
            "-%}",
            "{%+",
            "'",
            "\"",
            "\\",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "|",
            ".",
            ",",
            ":",
            "=",
            "~",
            "**",
            "//",
            " if ",
            " else ",
            " in ",
            " is ",
            " not ",
            " and ",
            " recursive ",
            "loop",
            "loop(messages)",
            "caller()",
            "messages",
            "none",
            "true",
            "-1",
            "0",
            "9999999999",
            "1e308",
            "'a' * 99999",
            "range(99999)",
            "| list",
            "| tojson",
            "| sort",
            "| map('upper')",
            "| join('x')",
            "[::-1]",
            "[-1:]",
            ".split('')",
            ".__class__",
            ".items()",
            "{% for m in messages %}",
            "{% endfor %}",
            "{% set x = x ~ x %}",
            "{% macro f() %}{{ f() }}{% endmacro %}",
            "{% generation %}",
            "{% endgeneration %}",
            "{% raw %}",
            "{% endraw %}",
            "\u0000",
            "\ud83d",
            "😀",
            "\n",
            "  ");

    static IntStream seeds() {
        return IntStream.range(0, SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingButTemplateExceptionsComesOut(int seed) {
        Random random = new Random(seed);
        List<GoldenTemplates.Case> cases = GoldenTemplates.cases();
        int rendered = 0;
        for (int i = 0; i < MUTANTS_PER_SEED; i++) {
            GoldenTemplates.Case origin = cases.get(random.nextInt(cases.size()));
            String mutant = mutate(origin.source(), random);
            long started = System.nanoTime();
            rendered += renders(mutant, origin.variables()) ? 1 : 0;
            assertThat(Duration.ofNanos(System.nanoTime() - started)).as(mutant).isLessThan(LIMIT);
        }
        assertThat(rendered).as("mutants that still render").isBetween(1, MUTANTS_PER_SEED - 1);
    }

    private static boolean renders(String mutant, Map<String, Object> variables) {
        try {
            ChatTemplate.compile(mutant, Instant.EPOCH).render(variables);
            return true;
        } catch (TemplateException refused) {
            assertThat(refused.line()).as(mutant).isPositive();
            return false;
        } catch (RuntimeException escaped) {
            throw new AssertionError(mutant, escaped);
        }
    }

    private static String mutate(String source, Random random) {
        StringBuilder mutant = new StringBuilder(source);
        for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
            int start = random.nextInt(mutant.length() + 1);
            int end = Math.min(mutant.length(), start + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> mutant.delete(start, end);
                case 1 -> mutant.insert(start, PIECES.get(random.nextInt(PIECES.size())));
                case 2 -> mutant.replace(start, end, PIECES.get(random.nextInt(PIECES.size())));
                default -> mutant.insert(random.nextInt(mutant.length() + 1), mutant.substring(start, end));
            }
        }
        return mutant.toString();
    }

    /** Expressions that each take as much as they can of one resource. */
    static List<String> greedy() {
        List<String> greedy = new ArrayList<>(List.of(
                "{% set ns = namespace(x=[]) %}{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
                "{% set ns = namespace(x=[1]) %}{% for i in range(90) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x == ns.x[:] }}",
                "{% set ns = namespace(x=['a']) %}{% for i in range(90) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}",
                "{% set ns = namespace(x=(1,)) %}{% for i in range(90) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ {ns.x: 1} }}",
                "{% set ns = namespace(x='a' | list) %}{% for i in range(99999) %}{% set ns.x = ns.x | map('upper') %}{% endfor %}{{ ns.x | list }}",
                "{% set ns = namespace(x={}) %}{% for i in range(99999) %}{% set ns.x = {'k': ns.x} %}{% endfor %}{{ ns.x | tojson }}",
                "{% set a = 'a' * 1000000 %}{% for i in range(99999) %}{{ a.find('a' * 500000 ~ 'b') }}{% endfor %}",
                "{% set a = 'a' * 1000000 %}{% for i in range(99999) %}{{ a.replace('a', 'bb') }}{% endfor %}",
                "{% set a = 'ab' * 400000 %}{% for i in range(99999) %}{% set b = a.split('b') | sort %}{% endfor %}",
                "{% set a = ['a' * 1000000] %}{% for i in range(99999) %}{% set a = a + [a[0] ~ i] %}{{ '' if a == a else '' }}{% endfor %}",
                "{% set ns = namespace(x='a' * 1000000, l=[]) %}{% for i in range(99999) %}{% set ns.l = ns.l + [ns.x ~ i] %}{% endfor %}",
                "{% set ns = namespace(x=3) %}{% for i in range(99999) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
                "{% for i in range(99999) %}{{ 9223372036854775807 * 9223372036854775807 }}{% endfor %}",
                "{{ range(99999) | map('string') | map('indent', 'x' * 1000, true) | join }}",
                "{{ range(99999) | list | sort | unique | list | length }}{% for i in range(99999) %}{{ range(99999) | sum }}{% endfor %}",
                "{{ 'x'.replace('', 'y' * 999999) }}",
                "{{ range(4611686018427387904, 4611686018427387909) | list }}",
                "{{ 'x' | indent(99999999999, true) }}",
                "{{ [1] | tojson(indent=99999999) }}",
                "{{ [1, 2] * 99999999 }}",
                "{{ '{0}{0}'.format('a' * 1000000) }}",
                "{{ 1e308 | int * (1e308 | int) }}",
                "{% macro a(n) %}{{ b(n) }}{% endmacro %}{% macro b(n) %}{% set x %}{{ a(n) }}{% endset %}{{ x }}{% endmacro %}{{ b(1) }}",
                "{% macro f(x) %}{{ [x] | map(attribute='y') | list }}{{ f([x]) }}{% endmacro %}{{ f(1) }}"));
        greedy.add("{{ " + "(".repeat(100_000));
        greedy.add("{{ " + "not ".repeat(60_000) + "x }}");
        greedy.add("{{ " + "-".repeat(100_000) + "1 }}");
        greedy.add("{{ 1" + " + 1".repeat(60_000) + " }}");
        greedy.add("{{ x" + "[0]".repeat(60_000) + " }}");
        greedy.add("{{ 'a'" + "|upper".repeat(40_000) + " }}");
        greedy.add("{{ " + "[".repeat(100_000) + "]".repeat(100_000) + " }}");
        greedy.add("{% if x %}".repeat(20_000));
        greedy.add("{{ '" + "\\\\".repeat(100_000) + " }}");
        greedy.add("{{ " + "1".repeat(200_000) + " }}");
        greedy.add("{% set " + "(".repeat(100_000) + " %}");
        greedy.add("{{ 1 " + "if 1 else 2 ".repeat(20_000) + "}}");
        return greedy;
    }

    @ParameterizedTest
    @MethodSource("greedy")
    void whatTakesTooMuchIsRefused(String template) {
        long started = System.nanoTime();
        assertThatThrownBy(() -> ChatTemplate.compile(template, Instant.EPOCH).render(Map.of("messages", List.of())))
                .isInstanceOf(TemplateException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(LIMIT);
    }
}
