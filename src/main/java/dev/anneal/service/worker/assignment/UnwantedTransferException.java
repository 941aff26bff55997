package dev.anneal.service.worker.assignment;

/** A transfer was abandoned because its attempt stops. */
public final class UnwantedTransferException extends RuntimeException {

    public UnwantedTransferException() {
        super("the attempt stops, so the transfer is no longer wanted");
    }
}
