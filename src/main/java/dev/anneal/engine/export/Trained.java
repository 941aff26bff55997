package dev.anneal.engine.export;

import dev.anneal.engine.export.proof.Probe;
import dev.anneal.engine.export.weight.AdapterRows;
import dev.anneal.engine.export.weight.TrainedRows;
import dev.anneal.engine.export.weight.WeightRows;
import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.LayerShape;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Result of a training: an adapter, or all weights of a model.
 *
 * @param weights safetensors file of the adapter, or of all weights; other files of its checkpoint are beside it
 * @param adapterConfig shape and form of the adapter; null if all weights were trained
 * @param beta annealing coefficient of the next step; 0 without an activation
 * @param step optimizer steps done
 * @param totalSteps steps of the whole job
 * @param settings settings of the training; null if it was trained elsewhere, with unknown steps and data
 * @param baseFingerprint fingerprint of the base model it was trained on
 * @param targetFingerprint fingerprint of the model that verifies it; null unless it is a draft
 * @param dataFingerprint hash of the encoded rows it was trained on; null if it was trained elsewhere
 */
public record Trained(
        Path weights,
        @Nullable AdapterConfig adapterConfig,
        double beta,
        int step,
        int totalSteps,
        @Nullable TrainingSettings settings,
        String baseFingerprint,
        @Nullable String targetFingerprint,
        @Nullable String dataFingerprint) {

    /**
     * A linear adapter that was trained elsewhere.
     *
     * @param file adapter file with the engine's names and shapes
     * @param base the model that it is assumed to be trained on, which the file does not name
     */
    public static Trained elsewhere(Path file, AdapterConfig config, ExportedBase base) {
        return new Trained(file, config, 0, 0, 0, null, base.fingerprint(), null, null);
    }

    /** How it was trained as a draft; null if it is none. */
    TrainingMethod.@Nullable SpeculativeDraft draft() {
        return settings != null && settings.method() instanceof TrainingMethod.SpeculativeDraft draft ? draft : null;
    }

    /** Whether the base model was in 4 bits while the adapter was trained on it. */
    boolean isOnNf4() {
        return settings != null && settings.basePrecision().equals(TrainingSettings.NF4);
    }

    /** The checkpoint's folder. */
    Path folder() {
        return DurableFiles.parentOf(weights);
    }

    /**
     * Opens the trained weights under the base model's names. The caller closes the base's files.
     *
     * @param betweenBlocks called before each block of rows; may throw to end the export
     */
    WeightRows open(WeightDirectory base, LayerShape model, Runnable betweenBlocks) throws IOException {
        return adapterConfig == null
                ? new TrainedRows(base, WeightDirectory.open(folder()), betweenBlocks)
                : AdapterRows.open(base, model, weights, adapterConfig, betweenBlocks);
    }

    /**
     * Opens the model as it was trained, before anything is merged or rounded. Checks base model and checkpoint
     * completely.
     */
    Probe.Side reference(ExportedBase base, String device) throws IOException {
        return adapterConfig == null
                ? Probe.Side.of(base.directory(), folder(), device)
                : Probe.Side.of(base.directory(), weights, adapterConfig, device);
    }
}
