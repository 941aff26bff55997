package dev.anneal.service.queue;

/** Classes of slots of a worker. Short work has its own slot, so that it does not wait hours for a training. */
public enum Slot {
    /** A slot for each device. */
    TRAINING,
    /** An additional slot for short work. */
    LIGHT
}
