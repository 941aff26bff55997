package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.drafting.AcceptanceRate;
import java.util.List;

/** What proposes tokens of an answer. Two drafts are equal only if they are the same object. */
public abstract sealed class Draft permits DraftModel, DraftHead {

    private final AcceptanceRate rate = new AcceptanceRate(AcceptanceRate.OF_A_DRAFT);

    /** How often its tokens were right, whatever the sequence. */
    final AcceptanceRate rate() {
        return rate;
    }

    /** Whether it reads the target's states, so that the target must have read a prompt for it. */
    public abstract boolean readsStates();

    /** The target's residual streams that it reads, by number. */
    abstract List<Integer> streams();
}
