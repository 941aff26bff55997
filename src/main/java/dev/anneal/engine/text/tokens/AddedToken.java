package dev.anneal.engine.text.tokens;

/**
 * A token that is found in a text before the text is split any further.
 *
 * @param text how it is written
 * @param isSpecial whether it controls the model and must never come from a user's text
 * @param isNormalized whether it is looked for after normalisation, that is not in the text as it stands
 * @param isWord whether it counts only between non-letters
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
