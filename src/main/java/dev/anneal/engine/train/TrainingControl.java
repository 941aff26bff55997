package dev.anneal.engine.train;

/** What the outside wants of a training; asked between two optimizer steps. */
public interface TrainingControl {

    /** Whether a checkpoint is wanted now; answers true once for each request. */
    boolean takeSave();

    /** Whether the training should save and give back its work. */
    boolean isStopping();
}
