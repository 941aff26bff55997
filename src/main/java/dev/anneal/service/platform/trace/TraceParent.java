package dev.anneal.service.platform.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** W3C trace context as a string, as in the header {@code traceparent} and in rows of work. */
public final class TraceParent {

    private static final String HEADER = "traceparent";

    private TraceParent() {}

    /**
     * The span of the current request, or that of the client if this process does not trace.
     *
     * @param header header of the client, or null
     * @return null if there is no span, or the header is invalid
     */
    public static @Nullable String ofRequest(@Nullable String header) {
        SpanContext current = Span.current().getSpanContext();
        SpanContext known = current.isValid() ? current : read(header);
        return known.isValid() ? write(known) : null;
    }

    /** The span of {@code traceparent}, or an invalid span. */
    static SpanContext read(@Nullable String traceparent) {
        if (traceparent == null) {
            return SpanContext.getInvalid();
        }
        Context read = W3CTraceContextPropagator.getInstance()
                .extract(Context.root(), Map.of(HEADER, traceparent), new Carrier());
        return Span.fromContext(read).getSpanContext();
    }

    private static String write(SpanContext span) {
        return "00-" + span.getTraceId() + '-' + span.getSpanId() + '-'
                + span.getTraceFlags().asHex();
    }

    /** Reads from a map. */
    private static final class Carrier implements TextMapGetter<Map<String, String>> {

        @Override
        public Iterable<String> keys(Map<String, String> carrier) {
            return carrier.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
            return carrier == null ? null : carrier.get(key);
        }
    }
}
