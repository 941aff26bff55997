package dev.anneal.service.models.catalog;

import org.jspecify.annotations.Nullable;

/** A model's folder is there, but does not hold a model that can be trained. The message goes to clients and names no host path. */
final class UnreadableModelException extends RuntimeException {

    UnreadableModelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
