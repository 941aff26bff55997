package dev.anneal.engine.text.tokens;

import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.fault.Excerpt;

/**
 * Checks ids against the {@code vocab_size} of the model: the embedding has that many rows, and a native lookup beyond
 * them crashes the process or reads foreign memory.
 *
 * @param size number of rows of the embedding
 */
record VocabularyBounds(ModelFiles files, int size) {

    /** @throws DataException with code {@code base_model_unreadable} if the token has no row */
    void checkToken(String token, int id) {
        if (isOutside(id)) {
            throw files.unreadable(
                    TokenizerFile.NAME,
                    "gives the token '%s' the id %d, but config.json has %s"
                            .formatted(Excerpt.shorten(token), id, bounds()),
                    null);
        }
    }

    /** As {@link #checkToken}, for an end id of the configuration. */
    void checkEnd(int id) {
        if (isOutside(id)) {
            throw files.unreadable("config.json", "has %s, but 'eos_token_id' is %d".formatted(bounds(), id), null);
        }
    }

    /** Checks ids of the tokenizer, because the library renumbers added tokens if the file's ids have gaps. */
    int[] checked(int[] ids) {
        for (int id : ids) {
            if (isOutside(id)) {
                throw files.unreadable(
                        TokenizerFile.NAME,
                        "makes the token id %d of a text, but config.json has %s".formatted(id, bounds()),
                        null);
            }
        }
        return ids;
    }

    /** Whether the id is larger than that of the last row. */
    boolean isBeyond(int id) {
        return id >= size;
    }

    private boolean isOutside(int id) {
        return id < 0 || isBeyond(id);
    }

    private String bounds() {
        return "a 'vocab_size' of %d, which allows ids 0 to %d".formatted(size, size - 1);
    }
}
