package dev.anneal.service.platform.startup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/**
 * Reports without a stack trace why a process does not start: a failed check of our code, an unusable folder, a
 * database that does not answer. Faults of the program keep their stack trace.
 */
final class StartFaultAnalyzer implements FailureAnalyzer {

    private static final String OURS = "dev.anneal.";
    private static final String CORRECT =
            "Correct the fault above and start again (docs/settings.md). With --debug the log has the stack trace.";

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StartRefusedException refused) {
                return new FailureAnalysis(String.valueOf(refused.getMessage()), refused.action(), refused);
            }
            if (cause instanceof SQLException sql) {
                return new FailureAnalysis(
                        "The database cannot be used: " + firstLine(sql),
                        "Check spring.datasource.url, spring.datasource.username and spring.datasource.password.",
                        failure);
            }
            if (isCheck(cause)) {
                return new FailureAnalysis(description(cause), CORRECT, failure);
            }
        }
        return null;
    }

    /** Whether our code, or a JDK method that it called, threw it because of the configuration or the machine. */
    private static boolean isCheck(Throwable cause) {
        boolean said = cause instanceof IllegalArgumentException
                || cause instanceof IllegalStateException
                || cause instanceof IOException
                || cause instanceof UncheckedIOException;
        return said && cause.getMessage() != null && isThrownByUs(cause);
    }

    private static boolean isThrownByUs(Throwable cause) {
        return Arrays.stream(cause.getStackTrace())
                .map(StackTraceElement::getClassName)
                .filter(name -> !name.startsWith("java.") && !name.startsWith("sun.") && !name.startsWith("jdk."))
                .findFirst()
                .filter(name -> name.startsWith(OURS))
                .isPresent();
    }

    private static String description(Throwable cause) {
        return cause instanceof FileSystemException file ? ofFile(file) : String.valueOf(cause.getMessage());
    }

    private static String ofFile(FileSystemException cause) {
        if (cause instanceof FileAlreadyExistsException || cause instanceof NotDirectoryException) {
            return cause.getFile() + " is a file where a folder is needed";
        }
        if (cause instanceof NoSuchFileException) {
            return "There is no " + cause.getFile();
        }
        if (cause instanceof AccessDeniedException) {
            return "This process may not use " + cause.getFile();
        }
        return cause.getFile() + " cannot be used: " + Objects.requireNonNullElse(cause.getReason(), cause.toString());
    }

    private static String firstLine(SQLException cause) {
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse(cause.getSQLState());
    }
}
