package dev.anneal.cli.command;

import dev.anneal.cli.Cli;
import dev.anneal.cli.ExitCode;
import dev.anneal.cli.Login;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.client.ApiException;
import dev.anneal.cli.terminal.Terminal;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;

/** Keeps address and key for later commands, after it has tried them. */
@Command(
        name = "login",
        description =
                "Keep the service's address and your key for later commands; asks for the key, or reads it from standard input.")
public final class LoginCommand implements Callable<Integer> {

    private static final int FORBIDDEN = 403;

    @ParentCommand
    private Cli cli;

    @Override
    public Integer call() throws IOException {
        Login login = new Login(cli.login().url(), key());
        String found = found(cli.api(login));
        login.keep(cli.environment());
        cli.out().println("Logged in to " + login.url() + found);
        return ExitCode.OK;
    }

    /** What the key opens: an administrator's has nothing to do with models, and one of few scopes opens neither list. */
    private static String found(AnnealApi api) {
        return count(api, "/v1/models", "model")
                .map(", which has %s."::formatted)
                .or(() -> count(api, "/v1/organization/projects?limit=100", "project")
                        .map(" as an administrator of %s; see 'anneal admin --help'."::formatted))
                .orElse(" with a key that may not list models.");
    }

    /** Empty if the service knows the key, but does not let it read the list. */
    private static Optional<String> count(AnnealApi api, String path, String noun) {
        try {
            JsonNode list = api.get(path);
            int size = list.path("data").size();
            boolean hasMore = list.path("has_more").asBoolean(false);
            return Optional.of((hasMore ? "more than " : "") + size + " " + noun + (size == 1 ? "" : "s"));
        } catch (ApiException refusal) {
            if (refusal.status() == FORBIDDEN) {
                return Optional.empty();
            }
            throw refusal;
        }
    }

    private static @Nullable String key() throws IOException {
        Console console = Terminal.console();
        String key;
        if (console == null) {
            key = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
        } else {
            char[] typed = console.readPassword("API key (empty if the service asks for none): ");
            key = typed == null ? null : new String(typed);
        }
        return key == null || key.isBlank() ? null : key.strip();
    }
}
