package dev.anneal.engine.format.safetensors;

import java.nio.file.Path;

/** A file or directory that is not valid safetensors. The message says what is required, what was found, and where. */
public final class SafetensorsException extends RuntimeException {

    public SafetensorsException(Path where, String message) {
        super(where + ": " + message);
    }

    public SafetensorsException(Path where, String message, Throwable cause) {
        super(where + ": " + message, cause);
    }
}
