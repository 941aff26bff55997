package dev.anneal.engine.network.model;

import dev.anneal.engine.network.objective.Targets;
import dev.anneal.engine.network.objective.TokenRows;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a pass and what is trained of them.
 *
 * @param continued the prefix before the rows; null if there is none
 */
public record PassInput(
        TokenRows rows, Targets targets, @Nullable Continuation continued) {

    /** Rows from their beginning. */
    public PassInput(TokenRows rows, Targets targets) {
        this(rows, targets, null);
    }
}
