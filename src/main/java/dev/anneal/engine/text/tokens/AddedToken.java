package dev.anneal.engine.text.tokens;

/**
 * A token that is matched in a text before further splitting.
 *
 * @param text its text
 * @param isSpecial whether it is a control token, which must never come from a user's text
 * @param isNormalized whether it is matched after normalisation instead of in the original text
 * @param isWord whether it is matched only between non-letters
 * @param takesSpaceBefore whether white space before it belongs to it
 * @param takesSpaceAfter whether white space after it belongs to it
 */
public record AddedToken(
        int id,
        String text,
        boolean isSpecial,
        boolean isNormalized,
        boolean isWord,
        boolean takesSpaceBefore,
        boolean takesSpaceAfter) {}
