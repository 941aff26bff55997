package dev.anneal.engine.text.fault;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.anneal.engine.text.rows.DatasetFormat;
import java.util.Locale;

/** Faults of lines of a dataset. The names appear in reports. */
public enum RowFault {
    /** More bytes than a line may have. */
    LINE_TOO_LONG,
    /** Bytes that are not UTF-8, among them the marks of UTF-16 files. */
    NOT_UTF8,
    /** A zero byte. */
    NUL_BYTE,
    /** A byte order mark not at the start of the file. */
    BYTE_ORDER_MARK,
    /** Not one JSON object, or one beyond the limits on depth and size. */
    INVALID_JSON,
    /** A row of another known format, or a file that is not JSONL at all. */
    OTHER_FORMAT,
    MISSING_MESSAGES,
    TOO_MANY_MESSAGES,
    UNKNOWN_ROLE,
    INVALID_CONTENT,
    INVALID_WEIGHT,
    INVALID_TOOLS,
    INVALID_MESSAGE,
    /** The input of a pair is not a conversation. */
    INVALID_INPUT,
    /** An output of a pair is not one assistant message. */
    INVALID_OUTPUT,
    /** Both outputs of a pair are equal. */
    IDENTICAL_OUTPUTS,
    /** A row with another {@link DatasetFormat} than the first row of the file. */
    MIXED_FORMATS,
    /** Half of a surrogate pair, which has no UTF-8 form. */
    LONE_SURROGATE,
    NO_ASSISTANT_MESSAGE,
    /** Every assistant message has weight 0. */
    NOTHING_TRAINED,
    /** The model's chat template refuses the conversation with a reason. */
    REFUSED_BY_TEMPLATE,
    /** An expression of the chat template has no value for the conversation. */
    FAILED_IN_TEMPLATE,
    /** Rendering the conversation exceeds the limit of steps, nesting or text. */
    BEYOND_TEMPLATE_LIMITS,
    /** The chat template's text does not show where an assistant message begins. */
    UNCLEAR_TEMPLATE,
    /** The chat template begins the conversation with two BOS tokens. */
    DOUBLE_BOS,
    /** No trained token is left once the row is cut to the maximum length. */
    NOTHING_TRAINED_WITHIN_LENGTH,
    /** A prompt leaves no space for an answer within the maximum length. */
    PROMPT_TOO_LONG;

    /** The name in reports. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
