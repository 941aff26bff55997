package dev.anneal.service.grader;

import dev.anneal.engine.grade.EndpointClient;
import dev.anneal.engine.grade.Outside;
import dev.anneal.service.inference.TextGenerator;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.stereotype.Component;

/** Whom the graders of a tenant may ask: endpoints by HTTP, and models of this installation. */
@Component
public class GradingHelp implements AutoCloseable {

    /** Conversations with judging models that this process has open at a time. */
    private static final int JUDGING_THREADS = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final EndpointClient endpoints;
    private final TextGenerator generator;
    private final ExecutorService judging = Executors.newFixedThreadPool(JUDGING_THREADS, task -> {
        Thread thread = new Thread(task, "grader-judge");
        thread.setDaemon(true);
        return thread;
    });

    GradingHelp(EndpointClient endpoints, TextGenerator generator) {
        this.endpoints = endpoints;
        this.generator = generator;
    }

    public Outside of(String tenantId) {
        return new Outside(new ModelJudge(generator, tenantId, judging, PATIENCE), endpoints);
    }

    @Override
    public void close() {
        judging.shutdownNow();
    }
}
