package dev.anneal.penetration;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Requests byte by byte, which no client would send. */
final class RawHttp {

    private static final int PATIENCE_MILLIS = 30_000;

    private RawHttp() {}

    /**
     * What came back until the server closed the connection.
     *
     * @param text all of it, bytes as characters
     */
    record Reply(String text) {

        /** Status of the first answer; 0 if the connection was closed without one. */
        int status() {
            return text.startsWith("HTTP/1.1 ") ? Integer.parseInt(text.substring(9, 12)) : 0;
        }

        /** How many answers came. */
        int answers() {
            return text.split("HTTP/1\\.1 [1-5]", -1).length - 1;
        }

        /** Headers of the first answer. */
        String head() {
            int end = text.indexOf("\r\n\r\n");
            return end < 0 ? text : text.substring(0, end + 2);
        }

        /** Value of a header of the first answer, null without one. */
        @Nullable
        String header(String name) {
            return head().lines()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse(null);
        }

        /** Whether it is the error envelope, and nothing of the container's own. */
        boolean isEnvelope() {
            return text.contains("{\"error\":{\"message\":\"") && !text.contains("<html");
        }
    }

    /** @param request characters up to U+00FF, each of them a byte */
    static Reply send(int port, String request) {
        return send(port, request.getBytes(StandardCharsets.ISO_8859_1));
    }

    static Reply send(int port, byte[] request) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            write(socket.getOutputStream(), request);
            return new Reply(read(socket));
        } catch (IOException e) {
            throw new AssertionError("neither an answer nor an end within " + PATIENCE_MILLIS + " ms", e);
        }
    }

    /** The server may answer and hang up before it has read everything. */
    private static void write(OutputStream out, byte[] request) throws IOException {
        try {
            out.write(request);
            out.flush();
        } catch (SocketException hungUp) {
            return;
        }
    }

    private static String read(Socket socket) throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[8192];
        try {
            for (int count = socket.getInputStream().read(buffer);
                    count >= 0;
                    count = socket.getInputStream().read(buffer)) {
                text.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
            }
        } catch (SocketException reset) {
            return text.toString();
        }
        return text.toString();
    }
}
