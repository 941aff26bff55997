package dev.anneal.cli;

import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.client.ApiException;
import dev.anneal.cli.command.AdminCommand;
import dev.anneal.cli.command.ApiCommand;
import dev.anneal.cli.command.ChatCommand;
import dev.anneal.cli.command.DownloadCommand;
import dev.anneal.cli.command.EstimateCommand;
import dev.anneal.cli.command.EvalCommand;
import dev.anneal.cli.command.ExportCommand;
import dev.anneal.cli.command.FilesCommand;
import dev.anneal.cli.command.JobsCommand;
import dev.anneal.cli.command.LoginCommand;
import dev.anneal.cli.command.ModelsCommand;
import dev.anneal.cli.terminal.Bar;
import dev.anneal.cli.terminal.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** The command {@code anneal}: {@code java -jar anneal.jar cli ...}. */
@Command(
        name = "anneal",
        description = "Fine-tunes language models with an Anneal service.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        usageHelpAutoWidth = true,
        versionProvider = Version.class,
        subcommands = {
            LoginCommand.class,
            ModelsCommand.class,
            FilesCommand.class,
            JobsCommand.class,
            EstimateCommand.class,
            ExportCommand.class,
            ExportCommand.Merge.class,
            DownloadCommand.class,
            ChatCommand.class,
            EvalCommand.class,
            AdminCommand.class,
            ApiCommand.class,
            AutoComplete.GenerateCompletion.class
        })
public final class Cli {

    @Option(
            names = "--url",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "Address of the service (or $ANNEAL_URL).")
    private @Nullable String url;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print the service's own JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    private Cli() {}

    /** Runs a command and returns its exit status. */
    public static int run(String... arguments) {
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        CommandLine line = new CommandLine(new Cli());
        // An argument such as @chat.json is the value of an option.
        line.setOut(out).setErr(err).setExpandAtFiles(false);
        line.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, err));
        line.setParameterExceptionHandler((wrong, given) -> {
            err.println("anneal: " + wrong.getMessage());
            err.println(
                    "'" + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help' lists what it takes.");
            return ExitCode.USAGE;
        });
        int status = line.execute(arguments);
        out.flush();
        return status;
    }

    /** What users read of a failure: never a stack trace. */
    private static int failed(Exception failure, PrintWriter err) {
        if (failure instanceof ApiException refusal) {
            err.println(
                    "anneal: " + refusal.getMessage() + (refusal.code() == null ? "" : " [" + refusal.code() + "]"));
            return refusal.isUnreachable() ? ExitCode.UNREACHABLE : ExitCode.REFUSED;
        }
        if (failure instanceof IOException || failure instanceof UncheckedIOException) {
            // Messages of our own are whole sentences; others need the name of their kind.
            String kind = failure.getClass() == IOException.class
                    ? ""
                    : failure.getClass().getSimpleName() + ": ";
            err.println("anneal: " + kind + failure.getMessage());
            return ExitCode.REFUSED;
        }
        err.println("anneal: this is a fault of the command itself, please report it: " + failure);
        return ExitCode.REFUSED;
    }

    public AnnealApi api() throws IOException {
        Login login = login();
        return new AnnealApi(login.url(), login.key());
    }

    public Login login() throws IOException {
        return Login.of(url, System.getenv());
    }

    public PrintWriter out() {
        return spec.commandLine().getOut();
    }

    public PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** A new line of progress, redrawn in place on a terminal. */
    public Bar bar() {
        return new Bar(err(), isTerminal());
    }

    public boolean isTerminal() {
        return Terminal.console() != null;
    }

    /** Whether only the service's JSON is wanted. */
    public boolean isJson() {
        return json;
    }

    /** Prints JSON, or what people read. */
    public void print(JsonNode answer, Runnable forPeople) {
        if (json) {
            out().println(answer.toPrettyString());
        } else {
            forPeople.run();
        }
        out().flush();
    }
}
