package dev.anneal.service.platform.outbound;

import java.io.IOException;

/** A request that got no answer, or not all of it. The message tells nothing of the other side but the kind of failure. */
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
        /** Neither public nor allowed; trying again does not help. */
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

    /** The message, which is never null, in words that follow the name of the other side. */
    public String explanation() {
        String message = getMessage();
        return message == null ? reason.name() : message;
    }
}
