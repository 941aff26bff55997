package dev.anneal.engine.text.rows;

/**
 * A conversation with two answers. Only the answers, the last messages, are trained.
 *
 * @param chosen conversation with the preferred answer
 * @param rejected conversation with the rejected answer
 */
public record PreferenceRow(ChatRow chosen, ChatRow rejected) implements DatasetRow {

    @Override
    public DatasetFormat format() {
        return DatasetFormat.PREFERENCE;
    }

    @Override
    public ChatRow conversation() {
        return chosen;
    }
}
