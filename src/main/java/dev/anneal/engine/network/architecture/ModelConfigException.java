package dev.anneal.engine.network.architecture;

import java.nio.file.Path;

/** A base model that this engine does not run. The message names file, key, value and what is supported. */
public final class ModelConfigException extends RuntimeException {

    public ModelConfigException(Path where, String message) {
        super(where + ": " + message);
    }

    public ModelConfigException(Path where, String message, Throwable cause) {
        super(where + ": " + message, cause);
    }
}
