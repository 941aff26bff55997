package dev.anneal.service.files;

import java.util.Locale;

/** State of a file's check. The API shows the lower-case names. */
public enum FileStatus {
    /** Stored; its rows are being checked. */
    UPLOADED,
    /** Usable. */
    PROCESSED,
    /** Not usable; the validation report says why. */
    ERROR;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
