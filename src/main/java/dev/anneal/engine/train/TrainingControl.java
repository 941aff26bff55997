package dev.anneal.engine.train;

/** What the outside wants of a training. */
public interface TrainingControl {

    /** Whether a checkpoint is wanted now; asked between two optimizer steps. Answers true once for each request. */
    boolean takeSave();

    /**
     * Whether the training should save and give back its work; asked by any of its threads before each layer. Once true it stays so.
     */
    boolean isStopping();
}
