package dev.anneal.service.queue;

/** Kinds of work of engine processes. */
public enum WorkKind {
    TRAIN,
    EXPORT,
    EVALUATE
}
