package dev.anneal.service.platform.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** W3C trace context in a string, as it stands in a request's header {@code traceparent} and with the work that the request asked for. */
public final class TraceParent {

    private static final String HEADER = "traceparent";

    private TraceParent() {}

    /**
     * The span of the request that is served now, or, where this process traces nothing, that of the client.
     *
     * @param header what the client sent, or null
     * @return null if there is no span, or the header is not as W3C has it
     */
    public static @Nullable String ofRequest(@Nullable String header) {
        SpanContext current = Span.current().getSpanContext();
        SpanContext known = current.isValid() ? current : read(header);
        return known.isValid() ? write(known) : null;
    }

    /** The span that {@code traceparent} names; an invalid one if it names none. */
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
