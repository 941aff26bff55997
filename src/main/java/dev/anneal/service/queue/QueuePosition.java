package dev.anneal.service.queue;

/**
 * Position of queued work if no running work ends and no new work arrives: an estimate, because each claim decides
 * anew.
 *
 * @param position 1 is claimed next
 * @param depth number of items queued for the same class of slot
 */
public record QueuePosition(long position, long depth) {}
