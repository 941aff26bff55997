package dev.anneal.service.models.catalog;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A failure to get a revision of a model. The message is written for the client whose work needs it. */
public class ModelSourceException extends IOException {

    /** Code of a model that is not on this machine and may not be downloaded. */
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
