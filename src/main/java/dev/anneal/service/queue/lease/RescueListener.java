package dev.anneal.service.queue.lease;

/** Called for each rescue, within its transaction and after its commit. */
public interface RescueListener {

    /**
     * Called within the rescue's transaction, across all tenants: an exception rolls the rescue back until the next
     * scan.
     */
    default void rescued(Rescue rescue) {}

    /** Called after the commit of the rescue. */
    default void committed(Rescue rescue) {}
}
