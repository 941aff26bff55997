package dev.anneal.engine.network.torch;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where ranks leave their addresses for each other: in a file, or with rank 0.
 *
 * @param file absolute path, or empty
 * @param host of rank 0, an IPv6 address without brackets; empty if there is a file
 * @param port of rank 0, 0 if there is a file
 */
record GroupStore(String file, String host, int port) {

    private static final String FILE = "file:";
    private static final String TCP = "tcp";
    private static final int LAST_PORT = 65_535;

    /**
     * @param store {@code file:/absolute/path}, in which nothing is escaped, or {@code tcp://host:port}
     * @throws IllegalArgumentException if it is something else, or the file's folder does not exist
     */
    static GroupStore of(String store) {
        return store.startsWith(FILE) ? ofFile(store) : ofRank(store);
    }

    private static GroupStore ofFile(String store) {
        Path file;
        try {
            file = Path.of(store.substring(FILE.length()));
        } catch (InvalidPathException e) {
            throw refused(store, e);
        }
        Path folder = file.getParent();
        if (!file.isAbsolute() || folder == null) {
            throw refused(store, null);
        }
        // libtorch would wait for the folder until the timeout.
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    "cannot open the group's store %s: there is no folder %s".formatted(store, folder));
        }
        return new GroupStore(file.toString(), "", 0);
    }

    private static GroupStore ofRank(String store) {
        URI address;
        try {
            address = new URI(store);
        } catch (URISyntaxException e) {
            throw refused(store, e);
        }
        String host = address.getHost();
        int port = address.getPort();
        // Nothing but scheme, host and port.
        boolean isWhole = store.equals("%s://%s:%d".formatted(TCP, host, port));
        if (host == null || !isWhole || port < 1 || port > LAST_PORT) {
            throw refused(store, null);
        }
        return new GroupStore("", host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port);
    }

    private static IllegalArgumentException refused(String store, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "cannot open the group's store \"%s\": give file:/absolute/path or tcp://host:port".formatted(store),
                cause);
    }
}
