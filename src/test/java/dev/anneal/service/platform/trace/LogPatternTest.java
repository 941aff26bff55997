package dev.anneal.service.platform.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.anneal.penetration.Penetration;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.logging.logback.ColorConverter;
import org.springframework.boot.logging.logback.ExtendedWhitespaceThrowableProxyConverter;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;

/** What users write cannot begin a line of the plain log. */
@Penetration
class LogPatternTest {

    private static final String FORGED = "2026-11-26T08:00:00.000Z ERROR 1 [main] forged";
    private static final String HOSTILE = "a\n" + FORGED + "\r\n" + FORGED + "\r" + FORGED + "\u0085" + FORGED
            + "\u2028" + FORGED + "\u001b[2J\u0007\b";

    private final LoggerContext context = new LoggerContext();

    @Test
    void aMessageStaysOneEntry() throws IOException {
        assertIsOneEntry(logged(HOSTILE, null));
    }

    @Test
    void anExceptionsMessageDoesToo() throws IOException {
        String entry = logged("an error", new IllegalStateException(HOSTILE, new IOException(HOSTILE)));

        assertIsOneEntry(entry);
        assertThat(entry).contains("Caused by: java.io.IOException", "LogPatternTest.java");
    }

    @Test
    void whatIsHarmlessStaysAsItIs() throws IOException {
        assertThat(logged("Grüße, 世界\ttabs stay", null)).endsWith(": Grüße, 世界\ttabs stay\n");
    }

    private static void assertIsOneEntry(String entry) {
        List<String> more = entry.lines().skip(1).toList();
        assertThat(more).isNotEmpty().allMatch(line -> line.startsWith("\t") || line.isEmpty());
        assertThat(entry).endsWith("\n").doesNotContain("\u001b", "\r", "\u0085", "\u2028", "\b");
    }

    private String logged(String message, @Nullable Throwable failure) throws IOException {
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.getInstanceConverterMap().put("clr", ColorConverter::new);
        layout.getInstanceConverterMap().put("wEx", ExtendedWhitespaceThrowableProxyConverter::new);
        layout.setPattern(pattern());
        layout.start();
        return layout.doLayout(
                new LoggingEvent("test", context.getLogger("dev.anneal"), Level.WARN, message, failure, null));
    }

    /** Without the placeholders of Boot, which the environment fills in. */
    private static String pattern() throws IOException {
        PropertySource<?> yaml = new YamlPropertySourceLoader()
                .load("application", new ClassPathResource("application.yaml"))
                .get(0);
        return String.valueOf(yaml.getProperty("logging.pattern.console")).replaceAll("\\$\\{[A-Z_]+:-}", "");
    }
}
