package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.text;

import dev.anneal.cli.Cli;
import dev.anneal.cli.ExitStatus;
import dev.anneal.cli.Login;
import dev.anneal.cli.terminal.Terminal;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;

/** Keeps address and key for later commands, after it has tried them. */
@Command(
        name = "login",
        description = "Keep the service's address and your key for later commands; asks for the key, or reads it from"
                + " standard input.")
public final class LoginCommand implements Callable<Integer> {

    @ParentCommand
    private Cli cli;

    @Override
    public Integer call() throws IOException {
        Login login = new Login(cli.login().url(), key());
        JsonNode credential = cli.api(login).get("/v1/anneal/credential");
        login.keep(cli.environment());
        cli.out().println("Logged in to %s %s.".formatted(login.url(), opens(credential)));
        return ExitStatus.OK;
    }

    /** What the key is for. */
    private static String opens(JsonNode credential) {
        String project = text(credential.path("project_id"));
        return project.isEmpty()
                ? "as an administrator; see 'anneal admin --help'"
                : "as the project %s, with the scopes %s"
                        .formatted(
                                project,
                                credential
                                        .path("scopes")
                                        .valueStream()
                                        .map(Texts::text)
                                        .collect(Collectors.joining(", ")));
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
