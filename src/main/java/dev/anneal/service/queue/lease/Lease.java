package dev.anneal.service.queue.lease;

/**
 * The right to work on an item. Every write of a worker carries it; once somebody else has claimed the item, nothing written with the
 * older token has any effect.
 *
 * @param token advanced by each claim, so it numbers the attempts from 1
 */
public record Lease(long workId, long token) {}
