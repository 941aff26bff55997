package dev.anneal.engine.export.head;

/** A weight of a head that is not finite in the type in which it is written. */
public final class HeadException extends RuntimeException {

    HeadException(String message) {
        super(message);
    }
}
