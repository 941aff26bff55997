package dev.anneal.service.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * Where the processes of an attempt meet.
 *
 * @param host on which the process with rank 0 listens
 */
record Meeting(String host, int port) {

    private static final String SCHEME = "tcp://";

    /** A place that only processes of this machine reach. */
    static Meeting ofThisMachine() throws IOException {
        return at(InetAddress.getLoopbackAddress().getHostAddress());
    }

    /** A port that is free now. If another program takes it meanwhile, the attempt fails and is repeated. */
    static Meeting at(String host) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return new Meeting(host, socket.getLocalPort());
        }
    }

    /** As {@link #text} writes it. */
    static Meeting of(String text) {
        int colon = text.lastIndexOf(':');
        return new Meeting(text.substring(SCHEME.length(), colon), Integer.parseInt(text.substring(colon + 1)));
    }

    String text() {
        return SCHEME + host + ':' + port;
    }
}
