package dev.anneal.service.models.catalog;

import org.jspecify.annotations.Nullable;

/** A model's folder exists but does not hold a trainable model. The message is for clients and names no host path. */
final class UnreadableModelException extends RuntimeException {

    UnreadableModelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
