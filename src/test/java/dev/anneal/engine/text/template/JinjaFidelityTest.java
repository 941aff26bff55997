package dev.anneal.engine.text.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.ObjectMapper;

/**
 * What transformers' own environment makes of each snippet under {@code golden/jinja}, whose {@code generate.py} names
 * the versions.
 */
class JinjaFidelityTest {

    /** One snippet with its text, or with the kind of error that Python raises. */
    record Case(String template, String expected, String error) {

        @Override
        public String toString() {
            return template;
        }
    }

    /** The file. */
    private record Cases(Map<String, Object> variables, List<Case> cases) {}

    private static final Cases FILE = read();

    static Stream<Case> cases() {
        return FILE.cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void doesWhatJinjaDoes(Case snippet) {
        if (snippet.error == null) {
            assertThat(render(snippet)).isEqualTo(snippet.expected);
        } else {
            assertThatThrownBy(() -> render(snippet)).isInstanceOf(TemplateException.class);
        }
    }

    /** The variables come as they are, without the preparation that messages get. */
    private static String render(Case snippet) {
        return ChatTemplate.compile(snippet.template, Instant.EPOCH)
                .render(FILE.variables)
                .text();
    }

    private static Cases read() {
        try (InputStream in = JinjaFidelityTest.class.getResourceAsStream("/golden/jinja/cases.json")) {
            return new ObjectMapper().readValue(in, Cases.class);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
