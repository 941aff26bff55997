package dev.anneal.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A command that has been run in this process.
 *
 * @param status its exit status
 * @param out what it has printed
 * @param err what it has printed for people beside
 */
record Command(int status, String out, String err) {

    /** Runs a command against a service with a key. */
    static Command run(String url, String key, String... arguments) {
        return run(Map.of("ANNEAL_URL", url, "ANNEAL_API_KEY", key), arguments);
    }

    static Command run(Map<String, String> environment, String... arguments) {
        return start(environment, arguments).end();
    }

    /** Starts a command in a thread of its own. */
    static Running start(Map<String, String> environment, String... arguments) {
        Map<String, String> all = new HashMap<>(environment);
        all.putIfAbsent("XDG_CONFIG_HOME", "target/no-login");
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(
                () -> Cli.run(all, new PrintWriter(out), new PrintWriter(err, true), arguments),
                task -> new Thread(task, "command").start());
        return new Running(status, out, err);
    }

    /** A command that may not have ended yet. */
    record Running(CompletableFuture<Integer> status, StringWriter out, StringWriter err) {

        boolean hasSaid(String text) {
            if (status.isDone() && !(out.toString() + err).contains(text)) {
                throw new AssertionError("ended without '" + text + "': " + end());
            }
            return (out.toString() + err).contains(text);
        }

        Command end() {
            int code = status.join();
            return new Command(code, out.toString(), err.toString());
        }
    }

    /** The arguments of a line, with further ones that may hold spaces. */
    static String[] line(String line, String... more) {
        List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }
}
