package dev.anneal.service.models.catalog;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A revision of a model that cannot be had, or not now. The message is written for whoever asked for the work. */
public class ModelSourceException extends IOException {

    /** Code of what is not on this machine and may not be brought here. */
    public static final String NOT_AVAILABLE = "model_not_available";

    private final String code;

    protected ModelSourceException(String code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** The code that clients see. */
    public final String code() {
        return code;
    }

    /** The message, which is never null. */
    public final String explanation() {
        String message = getMessage();
        return message == null ? code : message;
    }
}
