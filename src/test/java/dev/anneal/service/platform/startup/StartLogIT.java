package dev.anneal.service.platform.startup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.AnnealApplication;
import dev.anneal.service.cluster.SharedProperties;
import dev.anneal.service.platform.database.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

/** What the log says of a start: few lines, and at its end where everything is. */
@ExtendWith(OutputCaptureExtension.class)
class StartLogIT {

    /** With an embedded database there is one more; the last entry has some lines of its own. */
    private static final int MOST_ENTRIES = 8;

    /** Other threads are those of contexts that other tests have left running. */
    private static final Pattern ENTRY_OF_THE_START = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT.* main] .*");

    @TempDir
    private Path home;

    @Test
    void startIsAFewLinesAndEndsWithTheAddresses(CapturedOutput output) {
        try (ConfigurableApplicationContext context = start()) {
            String log = output.getOut();
            List<String> entries = log.lines()
                    .filter(line -> ENTRY_OF_THE_START.matcher(line).matches())
                    .toList();

            assertThat(entries).hasSizeLessThanOrEqualTo(MOST_ENTRIES).allMatch(entry -> entry.contains(" INFO "));
            assertThat(log)
                    .containsSubsequence(
                            "Starting AnnealApplication",
                            "jdbc:postgresql://",
                            "(PostgreSQL ",
                            "The database's schema is up to date at version ",
                            "Started AnnealApplication",
                            "Anneal is ready\n",
                            "\tRoles          api, worker, inference\n",
                            "\tAPI            http://127.0.0.1:" + port(context, "server") + "\n",
                            "\tHealth         http://127.0.0.1:" + port(context, "management") + "/actuator/health\n",
                            "\tDocumentation  http://127.0.0.1:" + port(context, "server") + "/docs\n",
                            "\tHome           " + home + "\n",
                            "\tDatabase       127.0.0.1:",
                            "\tWorker         tester on cpu\n",
                            "\tGeneration     on cpu\n");
            assertThat(entries.get(entries.size() - 1)).endsWith("Anneal is ready");
        }
    }

    /** But what two of Tomcat's write with the credentials of a request in it. */
    @Test
    void oneSettingBringsBackWhatLibrariesSay() throws IOException {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("arguments", Map.of("logging.level.libraries", "info")));
        Map<String, String> levels = new HashMap<>();
        for (var source : new YamlPropertySourceLoader().load("yaml", new ClassPathResource("application.yaml"))) {
            environment.getPropertySources().addLast(source);
            for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
                if (name.startsWith("logging.level.")) {
                    levels.put(name.substring("logging.level.".length()), environment.getRequiredProperty(name));
                }
            }
        }

        assertThat(levels).containsValues("info", "error");
        levels.values().removeIf(level -> !level.equals("warn"));
        assertThat(levels).containsOnlyKeys("org.apache.coyote.http11.Http11Processor", "org.apache.tomcat.util.http");
    }

    private ConfigurableApplicationContext start() {
        List<String> arguments = new ArrayList<>(List.of(
                "--anneal.home=" + home,
                "--anneal.worker.name=tester",
                "--server.port=0",
                "--management.server.port=0"));
        try (GenericApplicationContext context = new GenericApplicationContext()) {
            new TestDatabase().initialize(context);
            SharedProperties.database(context.getEnvironment())
                    .forEach((name, value) -> arguments.add("--" + name + "=" + value));
        }
        SpringApplication application = new SpringApplication(AnnealApplication.class);
        application.setMainApplicationClass(AnnealApplication.class);
        application.setRegisterShutdownHook(false);
        return application.run(arguments.toArray(String[]::new));
    }

    private static String port(ConfigurableApplicationContext context, String server) {
        return context.getEnvironment().getRequiredProperty("local." + server + ".port");
    }
}
