package dev.anneal.service.worker.assignment;

/** Asked every few megabytes while files of an attempt are transferred. */
public interface TransferGuard {

    /** Whether the transfer is still wanted. */
    boolean isWanted();

    /** @throws UnwantedTransferException if the transfer is no longer wanted */
    default void requireWanted() {
        if (!isWanted()) {
            throw new UnwantedTransferException();
        }
    }
}
