package dev.anneal.faults;

import java.io.IOException;

/** Signals to processes that this one has not started itself. */
final class Signals {

    private Signals() {}

    /** @param name for example {@code STOP}; a process that has ended gets none */
    static void send(String name, ProcessHandle process) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
