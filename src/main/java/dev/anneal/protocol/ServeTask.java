package dev.anneal.protocol;

/**
 * Holds models in memory and answers the {@link ServeRequest}s that come as lines of standard input, until it is told to stop.
 *
 * @param limits what the process may hold at a time
 */
public record ServeTask(Machine machine, Limits limits) implements Task {

    /**
     * Bounds of the process's memory.
     *
     * @param models base models at a time; the one that was not used for longest makes room for the next
     * @param adapters adapters at a time, of all models
     * @param slots answers of one base model that are decoded together, with whatever adapters; further ones wait
     * @param maxTokens longest prompt with its answer; a model's own context bounds it as well
     * @param idleSeconds after this long without a request a model is let go
     */
    public record Limits(int models, int adapters, int slots, int maxTokens, int idleSeconds) {}
}
