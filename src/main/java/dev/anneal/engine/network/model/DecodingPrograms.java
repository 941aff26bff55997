package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Programs for caches. Each open cache has one to itself, because threads that use one program contend for its locks. A
 * closed cache's program is kept for the next one: to load one takes as long as the passes of many tokens of a small
 * model. Thread-safe.
 */
public final class DecodingPrograms {

    private final TensorScope owner;
    private final ModelConfig config;
    private final Deque<DecodingProgram> unused = new ConcurrentLinkedDeque<>();

    /** @param owner the scope that programs live as long as; caches must not outlive it */
    public DecodingPrograms(TensorScope owner, ModelConfig config) {
        this.owner = owner;
        this.config = config;
    }

    ModelConfig config() {
        return config;
    }

    DecodingProgram take() {
        DecodingProgram kept = unused.pollFirst();
        return kept == null ? new DecodingProgram(owner, config) : kept;
    }

    void giveBack(DecodingProgram program) {
        unused.addFirst(program);
    }
}
