package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.IncrementalDecoder;
import java.util.List;

/** A small language model that proposes tokens for a larger one with the same vocabulary. */
public final class DraftModel extends Draft {

    private final IncrementalDecoder model;
    private final AppliedAdapter adapter;

    /**
     * @param model open as long as answers are drafted with it
     * @param adapter applied to it at its own beta, {@link IncrementalDecoder#packed packed}
     */
    public DraftModel(IncrementalDecoder model, AppliedAdapter adapter) {
        this.model = model;
        this.adapter = adapter;
    }

    @Override
    public boolean readsStates() {
        return false;
    }

    @Override
    List<Integer> streams() {
        return List.of();
    }

    IncrementalDecoder model() {
        return model;
    }

    AppliedAdapter adapter() {
        return adapter;
    }
}
