package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.draft.EagleDrafter;
import java.util.List;

/** A head that proposes tokens from its target's hidden states. */
public final class DraftHead extends Draft {

    private final EagleDrafter reader;

    /** @param reader open as long as answers are drafted with it */
    public DraftHead(EagleDrafter reader) {
        this.reader = reader;
    }

    @Override
    public boolean readsStates() {
        return true;
    }

    @Override
    List<Integer> streams() {
        return reader.config().streams();
    }

    EagleDrafter reader() {
        return reader;
    }
}
