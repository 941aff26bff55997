package dev.anneal.service.queue;

/**
 * Where queued work stands if nothing that runs ends and nothing joins: an estimate, for fairness is decided at each claim.
 *
 * @param position 1 is claimed next
 * @param depth how much is queued for the same class of slot
 */
public record QueuePosition(long position, long depth) {}
