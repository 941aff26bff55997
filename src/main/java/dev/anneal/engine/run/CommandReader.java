package dev.anneal.engine.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anneal.protocol.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/**
 * Turns commands on standard input into signals and passes requests on. The end of the input means that the supervisor
 * is gone, and stops the task.
 */
final class CommandReader {

    private static final Logger LOG = System.getLogger(CommandReader.class.getName());

    private final InputStream input;
    private final Signals signals;
    private final Consumer<String> requests;
    private final Runnable onEnd;

    /**
     * @param requests receives the lines that are JSON objects, unchanged
     * @param onEnd called at the end of the input, after the stop signal is set
     */
    CommandReader(InputStream input, Signals signals, Consumer<String> requests, Runnable onEnd) {
        this.input = input;
        this.signals = signals;
        this.requests = requests;
        this.onEnd = onEnd;
    }

    /** Starts reading in a daemon thread, which may still block in a read when the process ends. */
    void start() {
        Thread thread = new Thread(this::readToTheEnd, "commands");
        thread.setDaemon(true);
        thread.start();
    }

    void readToTheEnd() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(input, UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                obey(line);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "Standard input broke; the task stops as if it had ended", e);
        }
        signals.requestStop();
        onEnd.run();
    }

    private void obey(String line) {
        if (line.startsWith("{")) {
            requests.accept(line);
            return;
        }
        try {
            switch (Command.ofLine(line)) {
                case SAVE -> signals.requestSave();
                case STOP -> signals.requestStop();
            }
        } catch (IllegalArgumentException e) {
            LOG.log(Level.WARNING, "Ignored a line that is not a command: {0}", line.strip());
        }
    }
}
