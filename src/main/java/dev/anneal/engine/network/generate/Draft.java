package dev.anneal.engine.network.generate;

import java.util.List;

/** What proposes tokens of an answer. Two drafts are equal only if they are the same object. */
public sealed interface Draft permits DraftModel, DraftHead {

    /** Whether it reads the target's states, so that the target must have read a prompt for it. */
    boolean readsStates();

    /** The target's residual streams that it reads, by number. */
    List<Integer> streams();

    /** How often its tokens were right, whatever the sequence. */
    AcceptanceRate rate();
}
