package dev.anneal.engine.text.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.text.template.Rendering.Span;
import dev.anneal.engine.text.template.TemplateException.Problem;
import dev.anneal.penetration.Penetration;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What callers of {@link ChatTemplate} rely on beyond the text itself. */
class ChatTemplateTest {

    @Test
    void spansCountUtf16UnitsAndLieWhereTheirTextIs() {
        Rendering rendering =
                render("😀{% generation %}a😀{% endgeneration %}b{% generation %}{% endgeneration %}", Map.of());
        assertThat(rendering.text()).isEqualTo("😀a😀b");
        assertThat(rendering.assistantSpans()).containsExactly(new Span(2, 5), new Span(6, 6));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{% macro f() %}{% generation %}a{% endgeneration %}{% endmacro %}{{ f() }}",
                "{% set x %}{% generation %}a{% endgeneration %}{% endset %}{{ x }}",
                "{% filter upper %}{% generation %}a{% endgeneration %}{% endfilter %}",
                "{% generation %}{% generation %}a{% endgeneration %}{% endgeneration %}",
                "{% generation %}a{% endgeneration %}{% set x %}{% generation %}b{% endgeneration %}{% endset %}"
            })
    void generationBlocksWhoseTextIsMovedAreNotTrusted(String source) {
        ChatTemplate template = ChatTemplate.compile(source, Instant.EPOCH);
        assertThat(template.marksAssistantText()).isFalse();
        Rendering rendering = template.render(Map.of());
        assertThat(rendering.text()).containsIgnoringCase("a");
        assertThat(rendering.assistantSpans()).isEmpty();
    }

    @Test
    void templatesWithoutGenerationBlocksMarkNothing() {
        assertThat(ChatTemplate.compile("{{ 1 }}", Instant.EPOCH).marksAssistantText())
                .isFalse();
        assertThat(ChatTemplate.compile("{% generation %}{% endgeneration %}", Instant.EPOCH)
                        .marksAssistantText())
                .isTrue();
    }

    @Test
    void errorsNameTheirLine() {
        assertFailure("a\nb\n{% if %}", Problem.SYNTAX, 3, "expected an expression, found the end of the tag");
        assertFailure("a\n{{ x\n + nothing }}", Problem.EVALUATION, 2, "'x' is undefined");
        assertFailure(
                "{% for i in [1] %}\n\n{{ i.a.b }}{% endfor %}",
                Problem.EVALUATION, 3, "'int object' has no attribute 'a'");
        assertFailure("\n{{ raise_exception('no ' ~ 1) }}", Problem.RAISED, 2, "no 1");
        assertFailure("\n\n{{ 'a' * 10000000 }}", Problem.BUDGET, 3, "a text of more than 1048576 characters");
        assertFailure("{% macro f() %}\n\n{% endmacro %}\n{{ f() ~ x.y }}", Problem.EVALUATION, 4, "'x' is undefined");
    }

    private static void assertFailure(String source, Problem problem, int line, String reason) {
        assertThatThrownBy(() -> render(source, Map.of())).isInstanceOfSatisfying(TemplateException.class, failure -> {
            assertThat(failure.problem()).isEqualTo(problem);
            assertThat(failure.line()).isEqualTo(line);
            assertThat(failure.reason()).isEqualTo(reason);
            assertThat(failure).hasMessage("line " + line + " of the chat template: " + reason);
        });
    }

    @Test
    void variablesThatAreNotGivenAreThoseOfTransformers() {
        assertThat(render("{{ tools }} {{ documents }} {{ add_generation_prompt }} {{ messages is defined }}", Map.of())
                        .text())
                .isEqualTo("None None False False");
    }

    @Test
    void javaNumbersPrintAsPythonsDo() {
        List<Object> numbers = List.of(
                1,
                2L,
                (short) 3,
                new BigInteger("123456789012345678901234567890"),
                0.1,
                1e20,
                1.5f,
                new BigDecimal("2.50"));
        assertThat(render("{{ x }}", Map.of("x", numbers)).text())
                .isEqualTo("[1, 2, 3, 123456789012345678901234567890, 0.1, 1e+20, 1.5, 2.5]");
    }

    @Test
    void messagesLoseWhatIsNoneAndOtherValuesDoNot() {
        Map<String, Object> message = new HashMap<>();
        message.put("role", "assistant");
        message.put("tool_calls", null);
        assertThat(render(
                                "{{ messages }} {{ other }}",
                                Map.of("messages", List.of(message), "other", Arrays.asList(1, null)))
                        .text())
                .isEqualTo("[{'role': 'assistant'}] [1, None]");
        assertThat(message).containsKey("tool_calls");
    }

    @Test
    void messagesThatAreNoMappingsAreRefused() {
        assertThatThrownBy(() -> render("{{ messages }}", Map.of("messages", List.of("hello"))))
                .isInstanceOfSatisfying(
                        TemplateException.class,
                        failure -> assertThat(failure.reason()).isEqualTo("a message must be a mapping, not str"));
    }

    @Penetration
    @Test
    void objectsOfTheHostAreRefusedBeforeATemplateSeesThem() {
        assertThatThrownBy(() -> render("{{ x }}", Map.of("x", List.of(Clock.systemUTC()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("only maps, lists, strings, numbers and booleans are allowed");
    }

    @Penetration
    @Test
    void dataNestedTooDeeplyIsRefused() {
        Object nested = 1;
        for (int i = 0; i < 200; i++) {
            nested = List.of(nested);
        }
        Map<String, Object> variables = Map.of("x", nested);
        assertThatThrownBy(() -> render("{{ x }}", variables))
                .isInstanceOfSatisfying(
                        TemplateException.class,
                        failure -> assertThat(failure.problem()).isEqualTo(Problem.BUDGET));
    }

    @Test
    void datesAreFormattedAsInPython() {
        Instant now = Instant.parse("2026-03-05T07:08:09.000123Z");
        String format = "%a %A %b %B %d %-d %e %H %I %j %m %-m %M %p %S %f %y %Y %F %T %D %R %%";
        assertThat(ChatTemplate.compile("{{ strftime_now('" + format + "') }}", now)
                        .render(Map.of())
                        .text())
                .isEqualTo(
                        "Thu Thursday Mar March 05 5  5 07 07 064 03 3 08 AM 09 000123 26 2026 2026-03-05 07:08:09 03/05/26 07:08 %");
    }

    @Test
    void unknownDateFormatsAreRefused() {
        assertThatThrownBy(() -> render("{{ strftime_now('%Q') }}", Map.of())).isInstanceOf(TemplateException.class);
        assertThatThrownBy(() -> render("{{ strftime_now('%') }}", Map.of())).isInstanceOf(TemplateException.class);
    }

    @Test
    void oneTemplateRendersInManyThreads() {
        ChatTemplate template = ChatTemplate.compile(GoldenTemplates.text("reasoning.jinja"), Instant.EPOCH);
        List<String> alone = rows().map(row -> template.render(row).text()).toList();
        List<String> together = new ArrayList<>(
                rows().parallel().map(row -> template.render(row).text()).toList());
        assertThat(together).isEqualTo(alone).doesNotHaveDuplicates();
    }

    private static Stream<Map<String, Object>> rows() {
        return IntStream.range(0, 2_000)
                .mapToObj(i -> Map.of(
                        "messages",
                        List.of(
                                Map.of("role", "user", "content", "question " + i),
                                Map.of("role", "assistant", "content", "<think>t" + i + "</think>a" + i))));
    }

    @Test
    void aRenderingThatComesToAStandSaysSoAndDoesNotBlameTheConversation() {
        StallingTemplate stalling = new StallingTemplate();
        ChatTemplate template = stalling.compile("{{ messages[0].content }}");
        stalling.stall();

        assertThatThrownBy(() -> template.render(Map.of("messages", List.of(Map.of("content", "a")))))
                .isInstanceOf(StalledRenderingException.class)
                .hasMessageStartingWith("rendering with the model's chat template took more than 60 s");
    }

    @Test
    void longConversationsStayWithinTheBudget() {
        List<Map<String, String>> turns =
                Collections.nCopies(1_000, Map.of("role", "user", "content", "words ".repeat(150)));
        Rendering rendering = ChatTemplate.compile(GoldenTemplates.text("chatml-generation.jinja"), Instant.EPOCH)
                .render(Map.of("messages", turns));
        assertThat(rendering.text()).hasSizeGreaterThan(900_000);
    }

    @Test
    void busyMachineRendersWhatAnIdleOneDoes() {
        assertThat(render("{% for i in range(5000) %}{{ x[0] }}{% endfor %}", Map.of("x", new SlowList()))
                        .text())
                .hasSize(5000);
    }

    private static Rendering render(String source, Map<String, Object> variables) {
        return ChatTemplate.compile(source, Instant.EPOCH).render(variables);
    }

    /** A list that takes as long as a rendering on a machine with too much to do. */
    private static final class SlowList extends AbstractList<Object> {

        @Override
        public Object get(int index) {
            try {
                Thread.sleep(1600);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return 1;
        }

        @Override
        public int size() {
            return 1;
        }
    }
}
