package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.drafting.DraftSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A sequence's draft tokens for the next step: those that its text repeats, or those of its draft, whichever are
 * expected to have more right ones. Not thread-safe.
 */
public final class DraftTokens {

    private final LookedUpDrafts lookedUp;

    /** Null if the sequence has no draft. */
    private final @Nullable ProposedDrafts proposed;

    /** The source of the next step. */
    private DraftSource used;

    private DraftTokens(LookedUpDrafts lookedUp, @Nullable ProposedDrafts proposed) {
        this.lookedUp = lookedUp;
        this.proposed = proposed;
        this.used = lookedUp;
    }

    public static DraftTokens of(Prompt prompt) {
        Draft draft = prompt.draft();
        return new DraftTokens(
                new LookedUpDrafts(prompt), draft == null ? null : new ProposedDrafts(prompt.tokens(), draft));
    }

    /**
     * Prepares for at most {@code most} draft tokens, which may be 0 or less. The first call comes after the answer's
     * first token.
     *
     * @param lookingUp whether they may be looked up although there is a draft
     */
    public void prepare(int most, boolean lookingUp) {
        lookedUp.prepare(lookingUp || proposed == null ? most : 0);
        if (proposed != null) {
            proposed.prepare(most);
        }
    }

    /**
     * The source from which more right tokens are expected.
     *
     * @param most maximum number of draft tokens
     * @param proposing whether the draft may propose them
     */
    public DraftSource source(int most, boolean proposing) {
        return proposing && proposed != null && proposed.expected(most) > lookedUp.expected(most) ? proposed : lookedUp;
    }

    /** Decides for a source in the next step. */
    public void use(DraftSource source) {
        used = source;
    }

    /** Number of draft tokens that the draft is to propose for the next step, if there may be at most {@code most}. */
    int proposals(int most) {
        return used.isProposed() ? used.count(most) : 0;
    }

    /** Those of the sequence's draft, which it must have. */
    ProposedDrafts proposed() {
        return Objects.requireNonNull(proposed, "the sequence has no draft");
    }

    /** Adds a token of the answer. */
    public void add(int token) {
        lookedUp.add(token);
        if (proposed != null) {
            proposed.add(token);
        }
    }

    /**
     * Gives up a draft that has proposed nothing where it should, as it does when its context is full: the text is
     * looked up from now on.
     */
    void settle() {
        if (proposed != null && used.isProposed() && used.found() == 0) {
            proposed.giveUp();
            used = lookedUp;
        }
    }

    /** At most {@code most} draft tokens. */
    int[] tokens(int most) {
        return used.tokens(used.count(most));
    }

    /**
     * @param drafted draft tokens read in a step
     * @param right the first ones of them that equal the chosen tokens
     */
    public void compared(int drafted, int right) {
        used.compared(drafted, right);
        if (proposed != null) {
            (used.isProposed() ? lookedUp : proposed).compared(0, 0);
        }
    }
}
