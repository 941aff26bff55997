package dev.anneal.service.files.upload;

import java.util.Locale;

/** Where an upload is in its life. The lower-case names are the ones the API shows. */
public enum UploadState {
    /** Takes parts. */
    PENDING,
    /** Is a file. */
    COMPLETED,
    /** Given up by its client. */
    CANCELLED,
    /** Not completed in time. */
    EXPIRED;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
