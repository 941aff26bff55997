package dev.anneal.engine.train;

/** Requests to a training from outside. */
public interface TrainingControl {

    /** Whether a checkpoint was requested; checked between optimizer steps. Returns true once for each request. */
    boolean takeSave();

    /**
     * Whether the training is to save and stop; checked by all of its threads before each layer. Once true, it stays
     * true.
     */
    boolean isStopping();
}
