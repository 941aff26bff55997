package dev.anneal.service.files.upload;

import dev.anneal.protocol.WireName;

/** State of an upload. The API shows the lower-case names. */
public enum UploadState implements WireName {
    /** Accepts parts. */
    PENDING,
    /** Has become a file. */
    COMPLETED,
    /** Cancelled by its client. */
    CANCELLED,
    /** Not completed in time. */
    EXPIRED;
}
