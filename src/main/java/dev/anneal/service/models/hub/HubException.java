package dev.anneal.service.models.hub;

import dev.anneal.engine.format.file.DiskFull;
import dev.anneal.protocol.WireName;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A failure to get a model from the Hub. The message is written for the client who asked for the model. */
public final class HubException extends IOException {

    private final Reason kind;
    private final @Nullable Duration retryAfter;

    HubException(Reason kind, String message) {
        this(kind, message, null, null);
    }

    HubException(Reason kind, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    /** A failure of the cache's disk. The message names no path of this machine. */
    static HubException ofCache(String id, IOException failure) {
        boolean full = DiskFull.isCauseOf(failure);
        return new HubException(
                full ? Reason.STORAGE_FULL : Reason.STORAGE_FAILED,
                full
                        ? "the disk of anneal.hub.cache-dir has no room left for '" + id
                                + "'. Downloaded data is kept; make room, then pull again"
                        : "the cache of anneal.hub.cache-dir could not be read or written for '" + id
                                + "'; the log of the machine says why",
                null,
                failure);
    }

    /** The cause. Its lower-case name is the code that clients see. */
    public enum Reason implements WireName {
        /** The operator does not allow the model, or nothing may be pulled. */
        MODEL_NOT_AVAILABLE,
        /** There is no such model, or the token may not see it. */
        HUB_MODEL_NOT_FOUND,
        HUB_REVISION_NOT_FOUND,
        /** Its owner gives access by request. */
        HUB_MODEL_GATED,
        /** Not a model that the engine runs. */
        BASE_MODEL_UNREADABLE,
        /** The content differs from what the Hub announced. */
        HUB_FILE_DAMAGED,
        /** No connection, too many requests, or a failure of the Hub; a retry may succeed. */
        HUB_UNREACHABLE,
        /** The disk of the cache is full. */
        STORAGE_FULL,
        /** The cache cannot be read or written. */
        STORAGE_FAILED;
    }

    public Reason kind() {
        return kind;
    }

    /** The message, which is never null. */
    public String explanation() {
        return Objects.requireNonNull(getMessage());
    }

    /** Whether a retry may soon succeed. */
    boolean mayPass() {
        return kind == Reason.HUB_UNREACHABLE;
    }

    /** The delay that the Hub asks for; null if it names none. */
    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }
}
