package dev.anneal.service.cluster;

import com.sun.net.httpserver.HttpExchange;
import dev.anneal.service.LocalServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A collector of traces, OTLP over HTTP. */
final class SpanReceiver {

    private final LocalServer server = new LocalServer(this::receive);
    private final List<Span> spans = new CopyOnWriteArrayList<>();

    String endpoint() {
        return server.uri() + "/v1/traces";
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()).getResourceSpansList().stream()
                    .flatMap(resource -> resource.getScopeSpansList().stream())
                    .forEach(scope -> spans.addAll(scope.getSpansList()));
            exchange.sendResponseHeaders(200, -1);
        }
    }

    Span await(Predicate<Span> wanted) {
        Waiting.until(() -> find(wanted).isPresent());
        return find(wanted).orElseThrow();
    }

    private Optional<Span> find(Predicate<Span> wanted) {
        return spans.stream().filter(wanted).findFirst();
    }

    List<String> names() {
        return spans.stream().map(Span::getName).distinct().sorted().toList();
    }

    static Map<String, String> attributes(Span span) {
        return span.getAttributesList().stream()
                .collect(Collectors.toMap(each -> each.getKey(), each -> text(each.getValue())));
    }

    private static String text(AnyValue value) {
        return value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue();
    }

    static String hex(com.google.protobuf.ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }
}
