package dev.anneal.engine.export;

import dev.anneal.protocol.WireName;

/** An export that is refused. Nothing of it is left on disk. */
public final class ExportException extends RuntimeException {

    /** Why; the names are the API's error codes. */
    public enum Code implements WireName {
        /** The checkpoint's beta is above 0, so its adapter is no LoRA. */
        ADAPTER_NOT_ANNEALED,
        /** The base model's files differ from those that the adapter was trained on. */
        BASE_MODEL_CHANGED,
        /** An adapter tensor has no counterpart in the base model, or a target was left as it was. */
        MERGE_INCOMPLETE,
        /** The merged model answers unlike base and adapter. */
        MERGE_NOT_EQUIVALENT,
        /** The trained model's answers are such that no comparison with them shows anything: each token the same, or errors as large as the logits. */
        MERGE_NOT_PROVABLE,
        /** The adapter changes nothing. */
        MERGE_EQUALS_BASE,
        /** An adapter or a merged weight holds a NaN or an infinity. */
        NON_FINITE_DELTA,
        /** The format has no place for such a model. */
        UNSUPPORTED_BY_FORMAT,
        /** Kind or element type of the task are not ones that exist. */
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
