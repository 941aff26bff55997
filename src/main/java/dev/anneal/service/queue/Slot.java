package dev.anneal.service.queue;

/** Classes of places on a worker. Short work has its own, so that it never waits hours behind a training. */
public enum Slot {
    /** One for each device. */
    TRAINING,
    /** One beside them. */
    LIGHT
}
