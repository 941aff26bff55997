package dev.anneal.engine.export;

import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.protocol.TrainingSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a training has made, as an export sees it: an adapter, or all weights of a model. */
public sealed interface Trained permits TrainedAdapter, TrainedWeights {

    /** The file of what was trained. */
    Path weights();

    /** The adapter's shape and form; null where all weights were trained. */
    @Nullable
    AdapterConfig adapterConfig();

    /** Coefficient with which training would go on; 0 where there is no activation. */
    double beta();

    /** Optimizer steps done. */
    int step();

    /** Steps of the whole job. */
    int totalSteps();

    /** How it was trained; null if that was elsewhere. */
    @Nullable
    TrainingSettings settings();

    /** Fingerprint of the base model it was trained on. */
    String baseFingerprint();

    /** Hash of the encoded rows it was trained on; null if that was elsewhere. */
    @Nullable
    String dataFingerprint();

    /**
     * The form that a request asks for.
     *
     * @throws ExportException {@code invalid_export} if there is no such form of it
     */
    Kind kind(ExportRequest request, BaseModel base);
}
