package dev.anneal.engine.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anneal.protocol.Progress;
import java.io.PrintStream;
import tools.jackson.databind.json.JsonMapper;

/** Writes progress as JSON lines. Each line is written in one piece. Thread-safe. */
final class ProgressWriter {

    private final PrintStream out;

    ProgressWriter(PrintStream out) {
        this.out = out;
    }

    void write(Progress progress) {
        byte[] line = (JsonMapper.shared().writeValueAsString(progress) + "\n").getBytes(UTF_8);
        synchronized (out) {
            out.write(line, 0, line.length);
            out.flush();
        }
    }
}
