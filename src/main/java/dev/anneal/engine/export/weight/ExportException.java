package dev.anneal.engine.export.weight;

import dev.anneal.protocol.WireName;

/** A refused export. Nothing of it is left on disk. */
public final class ExportException extends RuntimeException {

    /** Reasons; the names are the API's error codes. */
    public enum Code implements WireName {
        /** The checkpoint's beta is above 0, so its adapter is not a LoRA. */
        ADAPTER_NOT_ANNEALED,
        /** The base model's files differ from those that the adapter was trained on. */
        BASE_MODEL_CHANGED,
        /** An adapter tensor has no counterpart in the base model, or a target was not changed. */
        MERGE_INCOMPLETE,
        /** The merged model answers unlike base and adapter. */
        MERGE_NOT_EQUIVALENT,
        /**
         * The trained model's answers cannot serve as a reference: all tokens are equal, or errors are as large as the
         * logits.
         */
        MERGE_NOT_PROVABLE,
        /** The adapter changes nothing. */
        MERGE_EQUALS_BASE,
        /** An adapter or merged weight contains a NaN or an infinity. */
        NON_FINITE_DELTA,
        /** The format does not support the model. */
        UNSUPPORTED_BY_FORMAT,
        /** The task's kind or element type does not exist. */
        INVALID_EXPORT;
    }

    private final Code code;

    public ExportException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
