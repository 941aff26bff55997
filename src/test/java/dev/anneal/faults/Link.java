package dev.anneal.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A TCP connection between two processes that can break, hang and be slow. */
public final class Link implements AutoCloseable {

    /** What the link does with bytes. */
    public enum State {
        OPEN,
        /** Connections are closed, and new ones too. */
        CUT,
        /** Connections stay open, but nothing arrives. */
        HUNG,
        /** Bytes arrive in slices of {@link #SLICE_BYTES}, one every {@link #SLICE_MILLIS} ms. */
        SLOW
    }

    private static final int SLICE_BYTES = 256;
    private static final int SLICE_MILLIS = 5;
    private static final int BUFFER_BYTES = 64 << 10;

    private final ServerSocket server;
    private final int targetPort;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "link");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private State state = State.OPEN;

    /** @param targetPort on this machine, where connections end */
    public Link(int targetPort) {
        this.targetPort = targetPort;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    /** Where connections begin. */
    public int port() {
        return server.getLocalPort();
    }

    public synchronized void become(State next) {
        state = next;
        notifyAll();
        if (next == State.CUT) {
            sockets.forEach(Link::close);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket from = server.accept();
                if (now() == State.CUT) {
                    close(from);
                } else {
                    join(from);
                }
            } catch (IOException closed) {
                // The target is away, or the link has ended.
            }
        }
    }

    @SuppressWarnings("resource") // closed by the pumps
    private void join(Socket from) throws IOException {
        sockets.add(from);
        try {
            Socket to = new Socket(InetAddress.getLoopbackAddress(), targetPort);
            sockets.add(to);
            threads.execute(() -> pump(from, to));
            threads.execute(() -> pump(to, from));
        } catch (IOException away) {
            close(from);
            sockets.remove(from);
            throw away;
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                send(buffer, read, out);
            }
        } catch (IOException broken) {
            // Both sides hear of it.
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            close(from);
            close(to);
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private void send(byte[] bytes, int count, OutputStream out) throws IOException, InterruptedException {
        int sent = 0;
        while (sent < count) {
            boolean isSlow = awaitFlow() == State.SLOW;
            int slice = isSlow ? Math.min(SLICE_BYTES, count - sent) : count - sent;
            out.write(bytes, sent, slice);
            sent += slice;
            if (isSlow) {
                Thread.sleep(SLICE_MILLIS);
            }
        }
    }

    private synchronized State awaitFlow() throws InterruptedException {
        while (state == State.HUNG) {
            wait();
        }
        return state;
    }

    private synchronized State now() {
        return state;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException closed) {
            // It is.
        }
    }

    @Override
    public void close() {
        become(State.CUT);
        try {
            server.close();
        } catch (IOException closed) {
            // It is.
        }
        threads.shutdownNow();
    }
}
