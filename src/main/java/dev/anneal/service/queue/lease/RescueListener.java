package dev.anneal.service.queue.lease;

/** Called for each rescue. */
@FunctionalInterface
public interface RescueListener {

    /**
     * Called within the rescue's transaction, across all tenants: an exception rolls the rescue back until the next
     * scan.
     */
    void rescued(Rescue rescue);
}
