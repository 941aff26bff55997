package dev.anneal.service.files;

import dev.anneal.protocol.WireName;

/** Whether a file's rows were checked, and how that ended. The lower-case names are the ones the API shows. */
public enum FileStatus implements WireName {
    /** Stored; its rows are being checked. Never a resting state. */
    UPLOADED,
    /** Usable. */
    PROCESSED,
    /** Not usable; the validation report says why. */
    ERROR;
}
