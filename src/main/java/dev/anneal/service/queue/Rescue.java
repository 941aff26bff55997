package dev.anneal.service.queue;

/**
 * An attempt that was ended because its worker fell silent, hung or took too long.
 *
 * @param lease the attempt that has ended
 * @param state what the work became: QUEUED, or FAILED when its retries are used up, or CANCELLED if its client wished that
 * @param error which of the clocks ran out
 */
public record Rescue(Lease lease, String tenantId, WorkKind kind, WorkState state, WorkError error) {}
