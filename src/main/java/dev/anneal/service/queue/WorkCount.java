package dev.anneal.service.queue;

/** Number of work items of a kind in a state that is not final. */
public record WorkCount(WorkKind kind, WorkState state, long count) {}
