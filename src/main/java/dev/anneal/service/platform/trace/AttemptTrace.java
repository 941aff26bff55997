package dev.anneal.service.platform.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import java.util.Locale;
import org.slf4j.MDC;

/**
 * Trace and log context of one attempt. Begun, named and closed on the thread of the attempt; {@link #event} may be
 * called on any.
 */
public final class AttemptTrace implements AutoCloseable {

    private static final String WORKER = "worker";
    private static final String TENANT = "tenant";
    private static final String ATTEMPT = "attempt";
    private static final AttributeKey<Long> STEP = AttributeKey.longKey("anneal.step");

    private final Span span;
    private final Scope scope;
    private final String idKey;

    /** {@link #close} ends the scope. */
    @SuppressWarnings("MustBeClosedChecker")
    AttemptTrace(Span span, TracedAttempt attempt) {
        this.span = span;
        // An invalid span would put ids of zeros into the log.
        this.scope = span.getSpanContext().isValid() ? span.makeCurrent() : Scope.noop();
        this.idKey = keyOf(attempt.kind());
        MDC.put(WORKER, attempt.worker());
        MDC.put(TENANT, attempt.tenant());
        MDC.put(ATTEMPT, Long.toString(attempt.number()));
    }

    /** {@code job_id} of a training, {@code export_id}, {@code evaluation_id}. */
    private static String keyOf(String kind) {
        return switch (kind) {
            case "TRAIN" -> "job_id";
            case "EVALUATE" -> "evaluation_id";
            default -> kind.toLowerCase(Locale.ROOT) + "_id";
        };
    }

    /** Sets the id and model that clients know. */
    public void named(String id, String model) {
        MDC.put(idKey, id);
        span.setAttribute("anneal." + idKey.replace('_', '.'), id);
        span.setAttribute("anneal.model", model);
    }

    /** Adds an event. */
    public void event(String name) {
        span.addEvent(name);
    }

    /** Adds an event with its step. */
    public void event(String name, long step) {
        span.addEvent(name, Attributes.of(STEP, step));
    }

    /** Records a failure by its code of the API only, because its message may contain a client's data. */
    public void failed(String code) {
        span.setAttribute("error.type", code);
        span.setStatus(StatusCode.ERROR);
    }

    /** Sets the state of the work after the attempt. */
    public void outcome(String state) {
        span.setAttribute("anneal.outcome", state.toLowerCase(Locale.ROOT));
    }

    @Override
    public void close() {
        scope.close();
        span.end();
        MDC.remove(WORKER);
        MDC.remove(TENANT);
        MDC.remove(ATTEMPT);
        MDC.remove(idKey);
    }
}
