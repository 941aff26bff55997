package dev.anneal.service.notification.mlflow;

import org.jspecify.annotations.Nullable;

/** A request to the MLflow server failed. */
final class MlflowException extends Exception {

    private static final long serialVersionUID = 1;

    private final @Nullable String code;

    private MlflowException(@Nullable String code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** A failure that may pass. */
    static MlflowException unavailable(String message, @Nullable Throwable cause) {
        return new MlflowException(null, message, cause);
    }

    /**
     * @param code MLflow's code, for example {@code RESOURCE_DOES_NOT_EXIST}
     */
    static MlflowException refused(String code, String message) {
        return new MlflowException(code, message, null);
    }

    boolean isRefusal() {
        return code != null;
    }

    boolean is(String other) {
        return other.equals(code);
    }
}
