package dev.anneal.service.queue;

/** What an engine process is started for. The generated column {@code work.slot} holds the {@link Slot} that each takes on a worker. */
public enum WorkKind {
    TRAIN,
    EXPORT,
    EVALUATE
}
