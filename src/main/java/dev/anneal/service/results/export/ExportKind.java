package dev.anneal.service.results.export;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What an export is. Its lower-case name is the one the API shows, and the queue's method. */
public enum ExportKind {
    /** A Hugging Face directory with the adapter merged into the base weights. */
    MERGED(true),
    /** A PEFT directory. */
    ADAPTER(true),
    /** One file of the merged model for llama.cpp. */
    GGUF(true),
    /** Adapter, optimizer and schedule, for going on with training; not a model to be served. */
    TRAINING_STATE(false);

    private final boolean deployable;

    ExportKind(boolean deployable) {
        this.deployable = deployable;
    }

    /** Whether a server loads it as the trained model, which it is only if the checkpoint's beta is 0. */
    public boolean isDeployable() {
        return deployable;
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What can be made of an adapter that has no training to go on with. */
    static List<ExportKind> deployableOnes() {
        return Arrays.stream(values()).filter(ExportKind::isDeployable).toList();
    }

    static ExportKind ofWire(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
