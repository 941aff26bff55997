package dev.anneal.cli.command;

import dev.anneal.cli.Cli;
import dev.anneal.cli.Login;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.terminal.Terminal;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Keeps address and key for later commands, after it has tried them. */
@Command(
        name = "login",
        description =
                "Keep the service's address and your key for later commands; asks for the key, or reads it from standard input.")
public final class LoginCommand implements Callable<Integer> {

    @ParentCommand
    private Cli cli;

    @Override
    public Integer call() throws IOException {
        Login login = new Login(cli.login().url(), key());
        int models = new AnnealApi(login.url(), login.key())
                .get("/v1/models")
                .path("data")
                .size();
        login.keep();
        cli.out().println("Logged in to " + login.url() + ", which has " + models + " models.");
        return 0;
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
