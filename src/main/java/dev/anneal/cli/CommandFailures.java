package dev.anneal.cli;

import dev.anneal.cli.client.ApiException;
import dev.anneal.cli.command.UnusableFileException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;

/** What users read of a failure, never a stack trace, and the exit status that says it to scripts. */
final class CommandFailures {

    private CommandFailures() {}

    static int tell(Exception failure, PrintWriter err) {
        Throwable cause = failure instanceof UncheckedIOException wrapped ? wrapped.getCause() : failure;
        if (cause instanceof CommandLine.ParameterException wrong) {
            return tellWrongLine(wrong, err);
        }
        if (cause instanceof ApiException refusal) {
            err.println("anneal: " + refusal.getMessage() + hint(refusal));
            return refusal.isUnreachable() ? ExitStatus.UNREACHABLE : ExitStatus.REFUSED;
        }
        if (cause instanceof UnusableFileException unusable) {
            err.println("anneal: " + unusable.getMessage());
            return ExitStatus.FAILED;
        }
        err.println("anneal: "
                + (cause instanceof IOException unusable
                        ? message(unusable)
                        : "this is a fault of the command itself, please report it: " + failure));
        return ExitStatus.REFUSED;
    }

    private static String hint(ApiException refusal) {
        if (refusal.isUnreachable()) {
            return "; is it started? Another service is named by --url, $ANNEAL_URL or 'anneal login'";
        }
        return refusal.code() == null ? "" : " [" + refusal.code() + "]";
    }

    /** Messages of our own are whole sentences; those of the JDK need more. */
    private static String message(IOException unusable) {
        if (unusable instanceof NoSuchFileException missing) {
            return "there is no file " + missing.getFile();
        }
        if (unusable instanceof AccessDeniedException denied) {
            return "you may not use the file " + denied.getFile();
        }
        return unusable.getClass() == IOException.class
                ? String.valueOf(unusable.getMessage())
                : unusable.getClass().getSimpleName() + ": " + unusable.getMessage();
    }

    static int tellWrongLine(CommandLine.ParameterException wrong, PrintWriter err) {
        CommandLine command = wrong.getCommandLine();
        boolean isUnfinished = "Missing required subcommand".equals(wrong.getMessage());
        if (isUnfinished) {
            command.usage(err);
            return ExitStatus.USAGE;
        }
        err.println("anneal: "
                + (wrong instanceof CommandLine.UnmatchedArgumentException unmatched
                        ? Misspelling.told(command.getCommandSpec(), unmatched.getUnmatched())
                        : wrong.getMessage()));
        err.println("'" + command.getCommandSpec().qualifiedName() + " --help' lists what it takes.");
        return ExitStatus.USAGE;
    }
}
