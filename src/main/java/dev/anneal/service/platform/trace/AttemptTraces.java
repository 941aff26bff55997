package dev.anneal.service.platform.trace;

import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;

/** Opens a separate trace for each attempt, linked with that of the request, which may have ended hours before. */
public final class AttemptTraces {

    private final Tracer tracer;

    AttemptTraces(Tracer tracer) {
        this.tracer = tracer;
    }

    /** Begins an attempt on this thread, whose log lines name it until it is closed. */
    public AttemptTrace begin(TracedAttempt attempt) {
        SpanBuilder span = tracer.spanBuilder("attempt " + attempt.method())
                .setNoParent()
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("anneal.worker", attempt.worker())
                .setAttribute("anneal.tenant", attempt.tenant())
                .setAttribute("anneal.kind", attempt.kind())
                .setAttribute("anneal.method", attempt.method())
                .setAttribute("anneal.attempt", attempt.number());
        SpanContext request = TraceParent.read(attempt.traceparent());
        if (request.isValid()) {
            span.addLink(request);
        }
        return new AttemptTrace(span.startSpan(), attempt);
    }
}
