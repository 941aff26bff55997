package dev.anneal.engine.model;

import dev.anneal.engine.architecture.ModelConfig;
import dev.anneal.engine.torch.ElementType;
import dev.anneal.engine.torch.Scope;
import dev.anneal.engine.torch.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Keys and values of one sequence, of every layer, so that its next tokens need not read it again. Closed by whoever made it. */
public final class KeyValueCache implements AutoCloseable {

    private final Scope scope;
    private final int capacity;
    private final List<Tensor> keys = new ArrayList<>();
    private final List<Tensor> values = new ArrayList<>();
    private int length;

    KeyValueCache(Scope scope, ModelConfig config, ElementType precision, int capacity) {
        this.scope = scope;
        this.capacity = capacity;
        for (int layer = 0; layer < config.layers(); layer++) {
            keys.add(scope.zeros(precision, config.keyValueHeads(), capacity, config.headSize()));
            values.add(scope.zeros(precision, config.keyValueHeads(), capacity, config.headSize()));
        }
    }

    /** Tokens read so far. */
    public int length() {
        return length;
    }

    /** Tokens that fit. */
    public int capacity() {
        return capacity;
    }

    Tensor keys(int layer) {
        return keys.get(layer);
    }

    Tensor values(int layer) {
        return values.get(layer);
    }

    void advance(int tokens) {
        length += tokens;
    }

    @Override
    public void close() {
        scope.close();
    }
}
