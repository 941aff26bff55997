package dev.anneal.service.demo;

import dev.anneal.cli.client.AnnealApi;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Runs the demo of the active profile on a separate thread once the service is ready; the service continues afterwards,
 * even if the demo fails.
 */
@Component
@Profile({"demo", "demo-rl", "demo-draft"})
class DemoStarter {

    private static final Logger LOG = LoggerFactory.getLogger(DemoStarter.class);

    /** Answers come after whole generations. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(5);

    private final Environment environment;
    private volatile boolean closing;

    DemoStarter(Environment environment) {
        this.environment = environment;
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        Thread thread = new Thread(this::run, "demo");
        thread.setDaemon(true);
        thread.start();
    }

    @EventListener(ContextClosedEvent.class)
    void close() {
        closing = true;
    }

    private void run() {
        String rootUrl = "http://127.0.0.1:" + environment.getRequiredProperty("local.server.port");
        try {
            AnnealApi api = new AnnealApi(URI.create(rootUrl), null, LONGEST_SILENCE);
            PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
            Stage stage = new Stage(api, out, isTerminal());
            NextSteps next = NextSteps.from(Path.of(""), System.getProperty("java.class.path"), rootUrl);
            String managementPort = environment.getRequiredProperty("local.management.port");
            if (environment.matchesProfiles("demo-rl")) {
                new SumsDemo(stage).run(next, managementPort);
            } else if (environment.matchesProfiles("demo-draft")) {
                new DraftDemo(stage).run(next);
            } else {
                new TicketsDemo(stage).run(next, managementPort);
            }
        } catch (RuntimeException e) {
            if (closing) {
                LOG.info("The demo ends with the service; what it has begun goes on at the next start");
                return;
            }
            LOG.error(
                    "The demo stopped; the service at {} keeps running and its jobs can be looked at there",
                    rootUrl,
                    e);
        }
    }

    /** Whether standard output is a terminal. {@code System.console()} is no help: since JDK 22 it is never null. */
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }
}
