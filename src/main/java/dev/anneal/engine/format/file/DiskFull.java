package dev.anneal.engine.format.file;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Tells a full disk or a used-up quota from other failures. */
public final class DiskFull {

    private DiskFull() {}

    /** Whether no room was left. The JDK has no type for this; the texts are the C library's. */
    public static boolean isCauseOf(IOException failure) {
        @Nullable String message = failure.getMessage();
        return message != null
                && (message.contains("No space left on device") || message.contains("Disk quota exceeded"));
    }
}
