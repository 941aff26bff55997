package dev.anneal.service.queue.lease;

/**
 * The right to work on an item. Every write of a worker carries it; after another claim, writes with the older token have no effect.
 *
 * @param token incremented by each claim, so it numbers the attempts from 1
 */
public record Lease(long workId, long token) {}
