package dev.anneal.engine.text.rows;

/**
 * One conversation with two answers. Nothing is trained in either but its last message, the answer.
 *
 * @param chosen with the answer to prefer
 * @param rejected with the answer to avoid
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
