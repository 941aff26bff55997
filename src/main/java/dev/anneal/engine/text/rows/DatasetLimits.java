package dev.anneal.engine.text.rows;

/** Limits of dataset files. The length of a line is checked before it is parsed. */
public final class DatasetLimits {

    /** Minimum number of rows of a training file, as in OpenAI's API. */
    public static final int MINIMUM_ROWS = 10;

    /** Maximum bytes of a line without its line break: 1 MiB. */
    public static final int LINE_BYTES = 1 << 20;

    /** Maximum nesting of arrays and objects in a line, including the line's object. */
    public static final int DEPTH = 64;

    /**
     * Maximum number of messages of a row. For some chat templates the encoder renders a row once for each message,
     * which takes quadratic time.
     */
    public static final int MESSAGES = 1024;

    /** Maximum number of tools of a row, OpenAI's limit. */
    public static final int TOOLS = 128;

    /** Maximum number of faulty lines described in a report; its counts are complete. */
    public static final int LISTED_PROBLEMS = 20;

    /** Maximum number of unknown keys named in a report. */
    public static final int LISTED_KEYS = 20;

    private DatasetLimits() {}
}
