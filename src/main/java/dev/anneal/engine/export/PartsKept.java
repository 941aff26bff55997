package dev.anneal.engine.export;

/** Hears how much of an attempt that was cut off is kept by the next one. */
@FunctionalInterface
public interface PartsKept {

    /**
     * @param kept files of weights that were whole
     * @param total files of weights of the whole export
     */
    void accept(int kept, int total);
}
