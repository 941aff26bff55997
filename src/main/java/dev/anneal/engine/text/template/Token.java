package dev.anneal.engine.text.template;

/**
 * A token of a template's source.
 *
 * @param text its text; for a string literal its value
 */
record Token(Kind kind, String text, int line) {

    /** Kinds of tokens. */
    enum Kind {
        /** Text outside of any tag. */
        TEXT,
        OUTPUT_BEGIN,
        OUTPUT_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        /** After the last token. */
        END
    }

    /** Whether it is this name or operator. */
    boolean is(String wanted) {
        return (kind == Kind.NAME || kind == Kind.OPERATOR) && text.equals(wanted);
    }

    /** The token for error messages. */
    String shown() {
        return switch (kind) {
            case END -> "the end of the template";
            case OUTPUT_END, BLOCK_END -> "the end of the tag";
            default -> "'" + text + "'";
        };
    }
}
