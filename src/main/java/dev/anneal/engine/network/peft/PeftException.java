package dev.anneal.engine.network.peft;

/** An adapter that cannot be taken over. The message says what must hold, what was found, and where; it names no path of the host. */
public final class PeftException extends RuntimeException {

    PeftException(String message) {
        super(message);
    }

    PeftException(String message, Throwable cause) {
        super(message, cause);
    }
}
