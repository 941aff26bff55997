package dev.anneal.service.platform.outbound;

import java.io.IOException;

/** A request without a complete answer. The message reveals only the kind of failure. */
public final class OutboundException extends IOException {

    private final Reason reason;

    OutboundException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    OutboundException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** The cause. */
    public enum Reason {
        /** The address is neither public nor allowed; a retry cannot succeed. */
        ADDRESS_NOT_ALLOWED,
        /** The deadline has passed. */
        TIMED_OUT,
        /** No connection, or one that broke. */
        UNREACHABLE,
        /** More redirects than the request may follow, or one to nowhere. */
        REDIRECTED
    }

    public Reason reason() {
        return reason;
    }

    /** The message, which is never null and continues a sentence after the name of the host. */
    public String explanation() {
        String message = getMessage();
        return message == null ? reason.name() : message;
    }
}
