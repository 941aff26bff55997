package dev.anneal.cli.client;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The service refused a request, or could not be reached. The message is written for users. */
public final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** The status without an answer. */
    public static final int UNREACHABLE = 0;

    private static final int SERVER_ERRORS = 500;

    /** A request that took too long or came too early, and one too many. */
    private static final Set<Integer> PASSING = Set.of(UNREACHABLE, 408, 425, 429);

    private final int status;
    private final @Nullable String code;
    private final @Nullable String param;

    /**
     * @param status of the answer, or {@link #UNREACHABLE}
     * @param code the API's error code, such as {@code model_not_available}; null if something else has answered
     */
    public ApiException(int status, @Nullable String code, String message) {
        this(status, code, null, message);
    }

    /** @param param key of the request that is at fault */
    ApiException(int status, @Nullable String code, @Nullable String param, String message) {
        super(message);
        this.status = status;
        this.code = code;
        this.param = param;
    }

    public boolean isUnreachable() {
        return status == UNREACHABLE;
    }

    /**
     * Whether the same request may get another answer later: the service is away, busy or failing, or a proxy answers
     * in its place.
     */
    public boolean isPassing() {
        return PASSING.contains(status) || status >= SERVER_ERRORS || (code == null && status >= 400);
    }

    public int status() {
        return status;
    }

    public @Nullable String code() {
        return code;
    }

    public @Nullable String param() {
        return param;
    }
}
