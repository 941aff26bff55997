package dev.anneal.engine.text.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.anneal.engine.text.template.TemplateException.Problem;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fixture renders as transformers renders it, and every hostile template is refused. */
class GoldenTemplatesTest {

    static Stream<GoldenTemplates.Case> cases() {
        return GoldenTemplates.cases().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rendersAsTransformersDoes(GoldenTemplates.Case golden) {
        Instant now = LocalDateTime.parse(golden.now()).toInstant(ZoneOffset.UTC);
        ChatTemplate template = ChatTemplate.compile(golden.source(), now);
        Object error = golden.expected().get("error");
        if (error != null) {
            assertThatThrownBy(() -> template.render(golden.variables()))
                    .isInstanceOfSatisfying(TemplateException.class, failure -> {
                        assertThat(failure.problem()).isEqualTo(Problem.RAISED);
                        assertThat(failure.reason()).isEqualTo(error);
                    });
            return;
        }
        Rendering rendering = template.render(golden.variables());
        assertThat(rendering.text()).isEqualTo(golden.expected().get("expected"));
        Object spans = golden.expected().get("assistant_spans_utf16");
        assertThat(template.marksAssistantText()).isEqualTo(spans != null);
        assertThat(rendering.assistantSpans().stream().map(span -> List.of(span.start(), span.end())))
                .isEqualTo(spans == null ? List.of() : spans);
    }

    static Stream<String> hostile() {
        return ((List<?>) GoldenTemplates.field(GoldenTemplates.json("hostile.json"), "templates"))
                .stream().map(each -> (String) GoldenTemplates.field(GoldenTemplates.asMap(each), "template"));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void refusesWhatIsHostile(String file) {
        String source = GoldenTemplates.text(file);
        Map<String, Object> variables =
                Map.of("messages", GoldenTemplates.field(GoldenTemplates.json("hostile.json"), "messages"));
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long started = threads.getCurrentThreadCpuTime();
        try {
            fail("rendered " + ChatTemplate.compile(source, Instant.EPOCH).render(variables));
        } catch (TemplateException refused) {
            assertThat(refused.getMessage()).doesNotContain("java.", "dev.anneal", "/etc", "Runtime@");
        }
        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - started))
                .isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void allFixturesAreThere() {
        assertThat(GoldenTemplates.cases()).hasSizeGreaterThan(60);
        assertThat(hostile()).hasSize(16);
    }
}
