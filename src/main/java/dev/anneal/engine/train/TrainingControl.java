package dev.anneal.engine.train;

/** Requests to a training from outside. */
public interface TrainingControl {

    /** Whether a checkpoint was requested; asked between two optimizer steps. Returns true once for each request. */
    boolean takeSave();

    /**
     * Whether the training is to save and give back its work; asked by any of its threads before each layer. Once true, it stays true.
     */
    boolean isStopping();
}
