package dev.anneal.engine.format.file;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Distinguishes a full disk or an exhausted quota from other failures. */
public final class DiskFull {

    private DiskFull() {}

    /** Whether no space was left. The JDK has no exception for this; the texts are the C library's. */
    public static boolean isCauseOf(IOException failure) {
        @Nullable String message = failure.getMessage();
        return message != null
                && (message.contains("No space left on device") || message.contains("Disk quota exceeded"));
    }
}
