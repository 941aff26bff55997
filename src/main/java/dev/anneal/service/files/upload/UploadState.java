package dev.anneal.service.files.upload;

import dev.anneal.protocol.WireName;

/** Where an upload is in its life. The lower-case names are the ones the API shows. */
public enum UploadState implements WireName {
    /** Takes parts. */
    PENDING,
    /** Is a file. */
    COMPLETED,
    /** Given up by its client. */
    CANCELLED,
    /** Not completed in time. */
    EXPIRED;
}
