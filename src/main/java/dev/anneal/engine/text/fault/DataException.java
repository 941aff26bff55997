package dev.anneal.engine.text.fault;

import dev.anneal.engine.text.rows.DatasetLimits;
import dev.anneal.protocol.WireName;
import org.jspecify.annotations.Nullable;

/** A dataset or a tokenizer that cannot be used. The message says what is required, what was found and where. */
public final class DataException extends RuntimeException {

    /** Reasons; the names are the API's {@code error.code}. */
    public enum Code implements WireName {
        /** The file has lines that are not valid rows, or no trainable row. */
        DATASET_INVALID,
        /** Fewer rows than {@link DatasetLimits#MINIMUM_ROWS}. */
        DATASET_TOO_SMALL,
        /** The model's tokenizer or chat template is missing or broken. */
        BASE_MODEL_UNREADABLE;
    }

    private final Code code;

    public DataException(Code code, String message) {
        this(code, message, null);
    }

    public DataException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** The kind of failure. */
    public Code code() {
        return code;
    }
}
