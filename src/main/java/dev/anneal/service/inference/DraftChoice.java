package dev.anneal.service.inference;

import org.jspecify.annotations.Nullable;

/**
 * The draft that a request wants to be answered with.
 *
 * @param isDefault whether the model's default draft is used, if it has one
 * @param name name of a tuned draft; null if none is named
 */
public record DraftChoice(boolean isDefault, @Nullable String name) {

    /** The model's default. */
    public static final DraftChoice DEFAULT = new DraftChoice(true, null);

    /** No draft, even if the model has a default. */
    public static final DraftChoice NONE = new DraftChoice(false, null);

    public static DraftChoice of(String name) {
        return new DraftChoice(false, name);
    }
}
