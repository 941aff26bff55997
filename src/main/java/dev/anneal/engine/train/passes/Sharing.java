package dev.anneal.engine.train.passes;

import dev.anneal.engine.text.data.EncodedRow;

/** Which tokens that rows have in common are computed once for all of them. */
public enum Sharing {
    /** None. With dropout each row drops other inputs of the adapter. */
    NONE {
        @Override
        int limit(EncodedRow row) {
            return 0;
        }
    },
    /** Those before the first trained token, for objectives that weigh the trained tokens of each row differently. */
    PROMPTS {
        @Override
        int limit(EncodedRow row) {
            return row.contextTokens();
        }
    },
    /** All: a trained token that rows share counts as often as they have it. */
    ALL {
        @Override
        int limit(EncodedRow row) {
            return row.length() - 1;
        }
    };

    /** Maximum number of leading tokens that a row may share; fewer than it has. */
    abstract int limit(EncodedRow row);
}
