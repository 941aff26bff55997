package dev.anneal.service.platform.startup;

import org.jspecify.annotations.Nullable;

/**
 * The process does not start, for a reason that an operator can correct. Message and action are shown without a stack
 * trace.
 */
public final class StartRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    /** @param action what the operator is to do */
    public StartRefusedException(String message, String action) {
        this(message, action, null);
    }

    /** @param action what the operator is to do */
    public StartRefusedException(String message, String action, @Nullable Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    /** What the operator is to do. */
    public String action() {
        return action;
    }
}
