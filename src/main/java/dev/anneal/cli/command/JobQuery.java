package dev.anneal.cli.command;

import dev.anneal.cli.client.AnnealApi;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which jobs are listed, of all that there are. */
final class JobQuery {

    @Option(
            names = "--state",
            split = ",",
            paramLabel = "STATE",
            description = "Only jobs in these states: validating_files, queued, paused, running, succeeded, failed,"
                    + " cancelled.")
    private List<String> states = new ArrayList<>();

    @Option(names = "--method", description = "Only jobs of this method.")
    private @Nullable String method;

    @Option(names = "--model", description = "Only jobs of exactly this model.")
    private @Nullable String model;

    @Option(
            names = "--search",
            paramLabel = "WORDS",
            description = "Only jobs with all these words in their id, model, suffix or metadata.")
    private @Nullable String words;

    /** The query of the list, with its question mark; empty for all jobs. */
    String query() {
        List<String> parameters = new ArrayList<>();
        states.forEach(state -> add(parameters, "status", state));
        add(parameters, "method", method);
        add(parameters, "model", model);
        add(parameters, "search", words);
        return parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
    }

    private static void add(List<String> parameters, String name, @Nullable String value) {
        if (value != null) {
            parameters.add(name + "=" + AnnealApi.encoded(value));
        }
    }
}
