package dev.anneal.service.queue;

/** Kinds of work of engine processes. */
public enum WorkKind {
    TRAIN(Slot.TRAINING),
    EXPORT(Slot.LIGHT),
    EVALUATE(Slot.LIGHT);

    private final Slot slot;

    WorkKind(Slot slot) {
        this.slot = slot;
    }

    /** Class of slot that it needs on a worker, the same as in the generated column {@code work.slot}. */
    public Slot slot() {
        return slot;
    }
}
