package dev.anneal.engine.run.serve;

/** An invalid request, or one that cannot be served now. */
public final class RequestException extends RuntimeException {

    /** Code of requests that may succeed a little later. */
    static final String BUSY = "queue_full";

    private final String code;

    RequestException(String code, String message) {
        super(message);
        this.code = code;
    }

    /** A code of the API's errors. */
    public String code() {
        return code;
    }
}
