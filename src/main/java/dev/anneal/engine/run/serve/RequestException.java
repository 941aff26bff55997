package dev.anneal.engine.run.serve;

/** A request that cannot be carried out because of what it asks. */
public final class RequestException extends RuntimeException {

    /** Code of requests that may be carried out a little later. */
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
