package dev.anneal.engine.text.rows;

/** One line of a dataset. */
public sealed interface DatasetRow permits ChatRow, PreferenceRow, PromptRow {

    DatasetFormat format();

    /** The row as one conversation: a pair's is the one with the preferred answer, a prompt's has none yet. */
    ChatRow conversation();
}
