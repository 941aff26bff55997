package dev.anneal.service.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's last lines name the console and the command line, which works as printed. */
class NextStepsTest {

    private static final String ROOT = "http://127.0.0.1:8080";

    @Test
    void consoleAndCommandAreNamed() {
        NextSteps next = NextSteps.from(Path.of(""), "target/classes:lib/one.jar", ROOT);

        assertThat(next.beginning("ftjob-1").lines())
                .anyMatch(line -> line.startsWith("  http://127.0.0.1:8080/#/job/ftjob-1 "))
                .contains("  bin/anneal --url http://127.0.0.1:8080 jobs show ftjob-1");
    }

    @Test
    void jarWithoutTheScriptIsItsOwnCommand(@TempDir Path folder) {
        assertThat(NextSteps.from(folder, "/opt/anneal/anneal.jar", ROOT).anneal("models"))
                .isEqualTo("java -jar /opt/anneal/anneal.jar cli --url http://127.0.0.1:8080 models");
    }
}
