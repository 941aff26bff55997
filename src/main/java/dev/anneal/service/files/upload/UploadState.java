package dev.anneal.service.files.upload;

import java.util.Locale;

/** State of an upload. The API shows the lower-case names. */
public enum UploadState {
    /** Accepts parts. */
    PENDING,
    /** Has become a file. */
    COMPLETED,
    /** Cancelled by its client. */
    CANCELLED,
    /** Not completed in time. */
    EXPIRED;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
