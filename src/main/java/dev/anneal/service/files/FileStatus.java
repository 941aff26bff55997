package dev.anneal.service.files;

import dev.anneal.protocol.WireName;

/** State of a file's check. The API shows the lower-case names. */
public enum FileStatus implements WireName {
    /** Stored; its rows are being checked. */
    UPLOADED,
    /** Usable. */
    PROCESSED,
    /** Not usable; the validation report says why. */
    ERROR;
}
