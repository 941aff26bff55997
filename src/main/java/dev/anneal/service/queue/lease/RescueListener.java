package dev.anneal.service.queue.lease;

/** Told of each rescue, within its transaction and after its commit. */
public interface RescueListener {

    /**
     * Called within the rescue's transaction, across all tenants: what this writes exists exactly if the rescue does, and what it throws undoes the rescue
     * until the next scan.
     */
    default void rescued(Rescue rescue) {}

    /** Called once the rescue is certain. */
    default void committed(Rescue rescue) {}
}
