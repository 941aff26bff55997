package dev.anneal.service.queue;

/** What an engine process is started for. */
public enum WorkKind {
    TRAIN(Slot.TRAINING),
    EXPORT(Slot.LIGHT),
    EVALUATE(Slot.LIGHT);

    private final Slot slot;

    WorkKind(Slot slot) {
        this.slot = slot;
    }

    /** The class of slot that it takes on a worker. The generated column {@code work.slot} says the same. */
    public Slot slot() {
        return slot;
    }
}
