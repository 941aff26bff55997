package dev.anneal.service.queue.lease;

/** Is called for each rescue, within its transaction and after its commit. */
public interface RescueListener {

    /**
     * Called within the rescue's transaction, across all tenants: what it writes is committed or rolled back with the rescue, and an exception undoes the rescue
     * until the next scan.
     */
    default void rescued(Rescue rescue) {}

    /** Called once the rescue is certain. */
    default void committed(Rescue rescue) {}
}
