package dev.anneal.engine.network.peft;

/**
 * An adapter that cannot be imported. The message says what is required, what was found, and where; it contains no path
 * of the host.
 */
public final class PeftException extends RuntimeException {

    PeftException(String message) {
        super(message);
    }

    PeftException(String message, Throwable cause) {
        super(message, cause);
    }
}
