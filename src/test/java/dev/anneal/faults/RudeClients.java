package dev.anneal.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Connections of clients of the last tenant that send a byte a second, or hang up in the middle. */
final class RudeClients implements AutoCloseable {

    private static final int ANNOUNCED_BYTES = 1 << 20;

    private final int port;
    private final List<Socket> sockets = new ArrayList<>();
    private final Thread dribble = new Thread(this::dribble, "slow-clients");

    RudeClients(int port) {
        this.port = port;
    }

    /** Requests whose head, body or upload comes a byte a second, with a key and without, until this is closed. */
    void beginSlowly(int count) throws IOException {
        List<String> beginnings = List.of(
                "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
                head("POST /v1/fine_tuning/jobs", true, "application/json") + "{\"model\": \"",
                head("POST /v1/files", true, "multipart/form-data; boundary=b") + fileBeginning(),
                head("POST /v1/fine_tuning/jobs", false, "application/json") + "{\"model\": \"");
        for (int client = 0; client < count; client++) {
            begin(beginnings.get(client % beginnings.size()));
        }
        dribble.setDaemon(true);
        dribble.start();
    }

    /** Requests whose clients reset their connections before they are answered, or while they are. */
    void hangUp(int count) throws IOException {
        List<String> beginnings = List.of(
                "GET /v1/models HTTP/1.1\r\nHost: loc",
                head("POST /v1/files", true, "multipart/form-data; boundary=b") + fileBeginning() + "x".repeat(100_000),
                head("GET /v1/fine_tuning/jobs?limit=100", true, "text/plain"),
                head("POST /v1/fine_tuning/jobs", true, "application/json") + "{\"model\": ");
        for (int client = 0; client < count; client++) {
            Socket socket = begin(beginnings.get(client % beginnings.size()));
            // A reset, not an orderly end.
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    private static String head(String request, boolean hasKey, String type) {
        String tenant = LoadedInstallation.TENANTS.get(LoadedInstallation.TENANTS.size() - 1);
        return request + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type + "\r\n"
                + (hasKey ? "Authorization: Bearer " + LoadedInstallation.keyOf(tenant) + "\r\n" : "")
                + (request.startsWith("GET") ? "" : "Content-Length: " + ANNOUNCED_BYTES + "\r\n") + "\r\n";
    }

    private static String fileBeginning() {
        return """
                --b\r
                Content-Disposition: form-data; name="purpose"\r
                \r
                user_data\r
                --b\r
                Content-Disposition: form-data; name="file"; filename="slow.txt"\r
                \r
                """;
    }

    private Socket begin(String beginning) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(socket);
        socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private void dribble() {
        try {
            while (true) {
                Thread.sleep(1000);
                sockets.forEach(RudeClients::sendOne);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private static void sendOne(Socket socket) {
        try {
            socket.getOutputStream().write('a');
        } catch (IOException hungUp) {
            // The service has had enough of it.
        }
    }

    @Override
    public void close() throws IOException {
        dribble.interrupt();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
