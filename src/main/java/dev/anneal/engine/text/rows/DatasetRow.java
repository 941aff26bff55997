package dev.anneal.engine.text.rows;

/** One line of a dataset. */
public sealed interface DatasetRow permits ChatRow, PreferenceRow, PromptRow {

    DatasetFormat format();

    /**
     * The row as one conversation: for a pair the one with the preferred answer, for a prompt one without an answer.
     */
    ChatRow conversation();
}
