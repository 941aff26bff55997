package dev.anneal.service.queue;

/** How much work of a kind is in a state that is not final. */
public record WorkCount(WorkKind kind, WorkState state, long count) {}
