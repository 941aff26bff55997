package dev.anneal.service.platform.process;

import java.util.ArrayDeque;
import java.util.Deque;

/** The last lines of a process's standard error. Thread-safe. */
final class StderrTail {

    static final int LINES = 50;
    static final int LINE_BYTES = 1000;

    private final Deque<String> lines = new ArrayDeque<>();

    synchronized void add(String line) {
        if (lines.size() == LINES) {
            lines.removeFirst();
        }
        lines.addLast(line);
    }

    synchronized String text() {
        return String.join("\n", lines);
    }
}
