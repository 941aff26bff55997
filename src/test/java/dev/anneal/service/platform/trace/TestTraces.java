package dev.anneal.service.platform.trace;

import io.opentelemetry.api.OpenTelemetry;

/** Traces for tests of those who are traced. */
public final class TestTraces {

    private TestTraces() {}

    /** As where no collector is configured. */
    public static AttemptTraces none() {
        return new AttemptTraces(OpenTelemetry.noop().getTracer("test"));
    }
}
