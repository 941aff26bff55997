package dev.anneal.engine.export;

import dev.anneal.engine.lora.AdapterConfig;
import dev.anneal.protocol.TrainingSettings;
import java.nio.file.Path;

/**
 * A checkpoint as an export sees it.
 *
 * @param checkpoint folder of the checkpoint
 * @param file the adapter's safetensors file in it
 * @param beta coefficient with which training would go on
 * @param step optimizer steps done
 * @param totalSteps steps of the whole job
 * @param settings how it was trained
 * @param baseFingerprint fingerprint of the base model it was trained on
 * @param dataFingerprint hash of the encoded rows it was trained on
 */
public record TrainedAdapter(
        Path checkpoint,
        Path file,
        AdapterConfig config,
        double beta,
        int step,
        int totalSteps,
        TrainingSettings settings,
        String baseFingerprint,
        String dataFingerprint) {}
