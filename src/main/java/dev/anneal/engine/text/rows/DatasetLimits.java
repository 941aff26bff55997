package dev.anneal.engine.text.rows;

/** What a dataset file may hold. Lines are bounded in bytes before any of them is parsed. */
public final class DatasetLimits {

    /** Rows below which OpenAI, and so we, take no training file. */
    public static final int MINIMUM_ROWS = 10;

    /** Bytes of one line without its line end: 1 MiB. */
    public static final int LINE_BYTES = 1 << 20;

    /** Nesting of arrays and objects in a line, the line's own object included. */
    public static final int DEPTH = 64;

    /** Messages of one row. For some chat templates the encoder renders a row once for each message, so that its work grows with the square of this. */
    public static final int MESSAGES = 1024;

    /** Tools of one row, OpenAI's limit. */
    public static final int TOOLS = 128;

    /** Faulty lines that a report describes; its counts are complete. */
    public static final int LISTED_PROBLEMS = 20;

    /** Unknown keys that a report names. */
    public static final int LISTED_KEYS = 20;

    private DatasetLimits() {}
}
