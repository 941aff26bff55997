package dev.anneal.service.results.export;

import dev.anneal.protocol.WireName;
import java.util.List;
import java.util.Locale;

/** Kinds of exports. The lower-case name is shown by the API, and is the method in the queue. */
public enum ExportKind implements WireName {
    /** A Hugging Face directory with the adapter merged into the base weights. */
    MERGED(true),
    /** A PEFT directory. */
    ADAPTER(true),
    /** One file of the merged model for llama.cpp. */
    GGUF(true),
    /** A draft for speculative decoding, as servers load it beside its target. */
    DRAFT(true),
    /** Adapter, optimizer and schedule, for continued training; not for serving. */
    TRAINING_STATE(false);

    private final boolean deployable;

    ExportKind(boolean deployable) {
        this.deployable = deployable;
    }

    /** Whether a server can load it as the trained model; the checkpoint's beta must be 0 then. */
    public boolean isDeployable() {
        return deployable;
    }

    /** Whether its proof compares logits with those of the trained weights, on prompts. */
    boolean isProvedOnPrompts() {
        return this == MERGED || this == DRAFT;
    }

    /** Whether its weights are written in a type that the client may choose among torch's. */
    boolean hasDtype() {
        return this == MERGED || this == DRAFT;
    }

    /** Kinds available for an uploaded adapter, which has no training state and is no draft. */
    static List<ExportKind> ofAdapters() {
        return List.of(MERGED, ADAPTER, GGUF);
    }

    static ExportKind ofWire(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
