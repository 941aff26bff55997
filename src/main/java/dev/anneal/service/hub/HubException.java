package dev.anneal.service.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A model that cannot be had from the Hub, or not now. The message is written for whoever asked for it. */
public final class HubException extends IOException {

    private final Kind kind;
    private final @Nullable Duration retryAfter;

    HubException(Kind kind, String message) {
        this(kind, message, null, null);
    }

    HubException(Kind kind, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    /** Why. The lower-case name is the code that clients see. */
    public enum Kind {
        /** The operator does not allow it, or nothing may be pulled. */
        MODEL_NOT_AVAILABLE,
        /** There is no such model, or the token may not see it. */
        HUB_MODEL_NOT_FOUND,
        HUB_REVISION_NOT_FOUND,
        /** Its owner gives access by request. */
        HUB_MODEL_GATED,
        /** Not a model that the engine runs. */
        BASE_MODEL_UNREADABLE,
        /** What arrived is not what was announced. */
        HUB_FILE_DAMAGED,
        /** No connection, too many requests, or a failure of the Hub; another attempt may go well. */
        HUB_UNREACHABLE,
        STORAGE_FULL
    }

    public Kind kind() {
        return kind;
    }

    /** The code that clients see. */
    public String code() {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** Whether the same request may go well soon. */
    boolean mayPass() {
        return kind == Kind.HUB_UNREACHABLE;
    }

    /** When the Hub wants to be asked again; null if it does not say. */
    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }

    /** The message, which is never null. */
    public String explanation() {
        String message = getMessage();
        return message == null ? code() : message;
    }
}
