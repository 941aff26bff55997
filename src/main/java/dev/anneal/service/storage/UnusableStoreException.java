package dev.anneal.service.storage;

import org.jspecify.annotations.Nullable;

/** The configured store cannot be used, so the service does not start. */
public final class UnusableStoreException extends RuntimeException {

    private final String remedy;

    /** @param remedy what the operator is to do */
    public UnusableStoreException(String message, String remedy, @Nullable Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    public String remedy() {
        return remedy;
    }
}
