package dev.anneal.cli;

import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.client.Patience;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
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

    private static final long SECONDS = 60;

    /** Longer than the service's own limit of a generation, after which it says so. */
    private static final long SECONDS_OF_GENERATION = 900;

    private static final long LONGEST_TIMEOUT = 86_400;

    @Option(
            names = "--url",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "Address of the service (or $ANNEAL_URL).")
    private @Nullable String url;

    @Option(
            names = "--timeout",
            scope = ScopeType.INHERIT,
            paramLabel = "SECONDS",
            description =
                    "Give a request up in which nothing has moved for so long. Default: 60; 900 for 'chat' and 'api',"
                            + " which wait for generation.")
    private @Nullable Long timeoutSeconds;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print the service's own JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    private final Map<String, String> environment;

    private Cli(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Runs a command and returns its exit status. */
    public static int run(String... arguments) {
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        return run(System.getenv(), out, err, arguments);
    }

    static int run(Map<String, String> environment, PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine line = new CommandLine(new Cli(environment));
        // An argument such as @chat.json is the value of an option.
        line.setOut(out).setErr(err).setExpandAtFiles(false);
        line.setExecutionExceptionHandler((failure, command, parsed) -> CommandFailures.tell(failure, err));
        line.setParameterExceptionHandler((wrong, given) -> CommandFailures.tellWrongLine(wrong, err));
        int status = line.execute(arguments);
        out.flush();
        return status;
    }

    /** The API for calls that are answered at once. */
    public AnnealApi api() throws IOException {
        return api(SECONDS);
    }

    /** The API for calls whose answer may be generated before it is sent. */
    public AnnealApi generatingApi() throws IOException {
        return api(SECONDS_OF_GENERATION);
    }

    private AnnealApi api(long seconds) throws IOException {
        return api(login(), seconds);
    }

    /** The API by an address and key that are not those of the command line. */
    public AnnealApi api(Login login) {
        return api(login, SECONDS);
    }

    private AnnealApi api(Login login, long seconds) {
        if (timeoutSeconds != null && (timeoutSeconds < 1 || timeoutSeconds > LONGEST_TIMEOUT)) {
            throw wrongLine("--timeout is %d, but must be from 1 to %d".formatted(timeoutSeconds, LONGEST_TIMEOUT));
        }
        return new AnnealApi(
                login.url(), login.key(), Duration.ofSeconds(timeoutSeconds == null ? seconds : timeoutSeconds));
    }

    public Login login() throws IOException {
        try {
            return Login.of(url, environment);
        } catch (IllegalArgumentException noAddress) {
            throw wrongLine(String.valueOf(noAddress.getMessage()));
        }
    }

    public Map<String, String> environment() {
        return environment;
    }

    /** What ends the command with the exit status of a wrong command line. */
    public CommandLine.ParameterException wrongLine(String message) {
        CommandLine.ParseResult command = spec.commandLine().getParseResult();
        while (command.hasSubcommand()) {
            command = command.subcommand();
        }
        return new CommandLine.ParameterException(command.commandSpec().commandLine(), message);
    }

    public PrintWriter out() {
        return spec.commandLine().getOut();
    }

    public PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** Goes on through outages, and tells of them where progress is told. */
    public Patience patience(Bar bar) {
        return new Patience(told -> {
            bar.end();
            err().println("anneal: " + told);
        });
    }

    /** A new line of progress, redrawn in place on a terminal. */
    public Bar bar() {
        return new Bar(err(), Terminal.redraws(environment));
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
