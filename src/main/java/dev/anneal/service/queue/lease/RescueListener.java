package dev.anneal.service.queue.lease;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Told of each rescue, within its transaction and after its commit. */
public interface RescueListener {

    /**
     * What this writes exists exactly if the rescue does; what it throws undoes the rescue until the next scan.
     *
     * @param jdbc the rescue's transaction, across all tenants
     */
    default void rescued(JdbcClient jdbc, Rescue rescue) {}

    /** Called once the rescue is certain. */
    default void committed(Rescue rescue) {}
}
