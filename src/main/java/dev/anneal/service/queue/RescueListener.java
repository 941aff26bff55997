package dev.anneal.service.queue;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Told of each rescue within its transaction, so that what it writes exists exactly if the rescue does. */
@FunctionalInterface
public interface RescueListener {

    /** @param jdbc the rescue's transaction, across all tenants */
    void rescued(JdbcClient jdbc, Rescue rescue);
}
