package dev.anneal.cli.client;

import org.jspecify.annotations.Nullable;

/** The service refused a request, or could not be reached. The message is written for users. */
public final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** The status without an answer. */
    public static final int UNREACHABLE = 0;

    private final int status;
    private final @Nullable String code;

    /**
     * @param status of the answer, or {@link #UNREACHABLE}
     * @param code the API's error code, such as {@code model_not_available}
     */
    public ApiException(int status, @Nullable String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    public boolean isUnreachable() {
        return status == UNREACHABLE;
    }

    public @Nullable String code() {
        return code;
    }
}
