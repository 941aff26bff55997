package dev.anneal.engine.train.state;

import dev.anneal.engine.grade.GraderSecrets;
import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AnnealingSchedule;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.TrainingSettings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Content of a checkpoint's {@code state.json}. Data order, dropout and initialisation are functions of the settings'
 * seed and the step, so step and seed are the whole random state and the position in the data.
 *
 * @param step optimizer steps done
 * @param totalSteps steps of the whole job
 * @param beta coefficient of the next step; exactly 0 after the last one
 * @param precision arithmetic of the frozen weights, {@code bf16} or {@code fp32}
 * @param tokens tokens of all steps so far
 * @param firstLoss loss of the training's first step; null before it
 * @param widestGap of the measurements so far; null in checkpoints of earlier versions
 * @param adapter settings of the adapter; null if all weights of the model are trained
 * @param settings without the secrets of graders, because checkpoints are exported; a resumed training has the secrets
 *     from its task
 * @param baseFingerprint hash of the base model
 * @param targetFingerprint hash of the model that the draft was trained for; null if no draft was trained
 * @param dataFingerprint hash of the encoded training rows
 * @param sha256 hash of each other file of the checkpoint, by name
 */
public record CheckpointState(
        int step,
        int totalSteps,
        double beta,
        String precision,
        TrainedTokens tokens,
        @Nullable Double firstLoss,
        @Nullable WidestGap widestGap,
        @Nullable AdapterSettings adapter,
        TrainingSettings settings,
        String baseFingerprint,
        @Nullable String targetFingerprint,
        String dataFingerprint,
        Map<String, String> sha256) {

    public CheckpointState {
        settings = settings.with(settings.method().withGrader(GraderSecrets::hidden));
        sha256 = Map.copyOf(sha256);
    }

    /** Whether the trained adapter is linear and may be merged. */
    public boolean isMergeable() {
        return beta == 0.0;
    }

    /**
     * The adapter's shape and form; null if all weights of the model are trained.
     *
     * @param projections of the trained model or head
     */
    public @Nullable AdapterConfig adapterConfig(Projections projections) {
        return adapter == null ? null : adapterConfig(adapter, projections);
    }

    /** Checks settings from outside the process. */
    public static AdapterConfig adapterConfig(AdapterSettings settings, Projections projections) {
        return AdapterConfig.of(
                        settings.rank(),
                        settings.alpha(),
                        settings.rslora(),
                        settings.dropout(),
                        settings.activation(),
                        AnnealingSchedule.of(settings.schedule()),
                        AdapterConfig.targetsNamed(settings.targetModules(), projections))
                .withSignGroups(settings.signGroups());
    }
}
