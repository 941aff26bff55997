package dev.anneal.protocol;

/**
 * Keeps models in memory and answers {@link ServeRequest}s from standard input until it is told to stop.
 *
 * @param limits limits of the process's memory
 */
public record ServeTask(Machine machine, Limits limits) implements Task {

    /**
     * Limits of the process's memory.
     *
     * @param models maximum number of base models; the least recently used one is unloaded first
     * @param adapters maximum number of adapters, of all models together
     * @param slots how many answers of one base model are decoded at a time, with any adapters; further ones wait
     * @param maxTokens maximum length of prompt and answer together; the model's context also limits it
     * @param prefixBytes memory of the kept beginnings of prompts, of all models together
     * @param idleSeconds how long a model without requests stays in memory
     */
    public record Limits(int models, int adapters, int slots, int maxTokens, long prefixBytes, int idleSeconds) {}
}
