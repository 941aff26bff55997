package dev.anneal.service.results.push;

import com.sun.net.httpserver.HttpExchange;
import dev.anneal.service.LocalServer;
import dev.anneal.service.models.hub.ContentHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * A {@link PushServer} for other programs: prints its address and that of its control as JSON, and answers until it is
 * killed. The control takes {@code PUT /parts/true} for uploads in parts and {@code PUT /forget}, and gives at
 * {@code GET /seen} the requests since the last time.
 */
final class PushServerProcess {

    private static final JsonMapper JSON = new JsonMapper();

    private final PushServer hub;
    private int told;

    private PushServerProcess(PushServer hub) {
        this.hub = hub;
    }

    public static void main(String[] arguments) {
        PushServer hub = new PushServer();
        LocalServer control = new LocalServer(new PushServerProcess(hub)::answer);
        System.out.println(
                JSON.writeValueAsString(Map.of("hub", hub.uri(), "control", control.uri(), "token", PushServer.TOKEN)));
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/seen")) {
            LocalServer.answer(exchange, JSON.writeValueAsString(news()));
            return;
        }
        if (path.equals("/forget")) {
            hub.forget();
            told = 0;
        } else {
            hub.wantsParts = path.equals("/parts/true");
        }
        LocalServer.answer(exchange, 204);
    }

    private List<Map<String, Object>> news() {
        List<PushServer.Seen> seen = hub.seen();
        List<Map<String, Object>> news = seen.subList(told, seen.size()).stream()
                .map(PushServerProcess::described)
                .toList();
        told = seen.size();
        return news;
    }

    /** Bodies as text where they are text, else by their hash. */
    private static Map<String, Object> described(PushServer.Seen request) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("server", request.server());
        described.put("method", request.method());
        described.put("path", request.path());
        described.put("query", request.query());
        described.put("headers", request.headers());
        described.put(
                "body",
                request.server().equals("hub")
                        ? new String(request.body(), StandardCharsets.UTF_8)
                        : ContentHash.sha256(request.body()));
        return described;
    }
}
