package dev.anneal.service.training.settings;

import static dev.anneal.service.training.settings.TrainingOptions.or;

import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AnnealingSchedule;
import dev.anneal.engine.text.data.StepPlan;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import dev.anneal.protocol.TrainingSettings.Optimizer;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.platform.refusal.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Resolves settings that a client left open. The table in {@code docs/training-settings.md} documents the rules and
 * must be kept in line.
 */
public final class SettingsResolver {

    static final int BATCH_SIZE = 8;
    static final int FEWEST_EPOCHS = 3;
    static final int MOST_EPOCHS = 10;
    /** Fewer steps than this hardly change an adapter, so small files get more epochs. */
    static final int WANTED_STEPS = 100;

    static final int LONGEST_ROW_TOKENS = 2048;
    static final int CHECKPOINTS = 10;

    private SettingsResolver() {}

    /** Maximum row length of a job, needed before its files can be counted. */
    public static int maxLengthTokens(JobRequest request, ModelProfiles models) {
        return or(request.options().maxLength(), Math.min(models.contextTokens(), LONGEST_ROW_TOKENS));
    }

    /**
     * @param engine expected set-up of the engine; used only for estimates of memory and time
     * @param completionTokens expected tokens of a sampled completion; used only for estimates of time, null if nothing
     *     is known about it
     * @throws Refusal if a step has fewer rows than the job has devices
     */
    public static ResolvedSettings resolve(
            JobRequest request,
            ModelProfiles models,
            DatasetSize file,
            EngineSetup engine,
            @Nullable Double completionTokens) {
        ModelProfile model = models.trained();
        MethodRules<TrainingMethod> rules = TrainingMethods.of(request.method());
        DatasetSize data = rules.rows(request.method(), file);
        TrainingOptions options = request.options();
        int sequences = options.packing() ? data.packedSequences() : data.rows();
        int batchSize = or(request.hyperparameters().batchSize(), Math.min(BATCH_SIZE, sequences));
        int stepRows = batchSize * options.gradientAccumulation();
        DeviceRules.requireRows(options, rules.format(), Math.min(stepRows, sequences));
        SequenceShape shape =
                rules.shape(request.method(), models.contextTokens()).expecting(completionTokens);
        int stepsPerEpoch = Math.multiplyExact(StepPlan.stepsPerEpoch(sequences, stepRows), shape.updates());
        int epochs = epochs(request, stepsPerEpoch);
        int totalSteps = or(options.maxSteps(), Math.multiplyExact(stepsPerEpoch, epochs));
        double rate = LearningRates.of(request, model);
        TrainingSettings training = new TrainingSettings(
                request.method(),
                epochs,
                stepRows,
                totalSteps,
                maxLengthTokens(request, models),
                options.packing(),
                options.activationCheckpointing(),
                optimizer(options, rate, totalSteps),
                or(options.checkpointInterval(), ceilDivide(totalSteps, CHECKPOINTS)),
                evaluationInterval(request, totalSteps),
                request.seed(),
                options.reproducible(),
                options.basePrecision(),
                options.basePlacement());
        GeneratedTokens generated = rules.generated(request.method(), data, validations(training));
        TrainingPlan plan = new TrainingPlan(request, models, data, engine, training, stepsPerEpoch, generated);
        long expectedTokens = plan.tokens(shape);
        return new ResolvedSettings(
                training,
                new Hyperparameters(batchSize, rate / LearningRates.base(request, model), epochs),
                annealedAtStep(request.adapter(), totalSteps),
                expectedTokens,
                expectedTokens - plan.computedTokens(shape),
                shape.samples() ? (Double) shape.expectedCompletion() : null,
                file,
                plan.memory(shape),
                plan.cost(shape));
    }

    static int validations(TrainingSettings training) {
        int interval = training.evaluationIntervalSteps();
        return interval == 0 ? 0 : training.totalSteps() / interval;
    }

    /** {@code max_steps} takes precedence: the epochs are then the number of passes begun. */
    private static int epochs(JobRequest request, int stepsPerEpoch) {
        Integer maxSteps = request.options().maxSteps();
        if (maxSteps != null) {
            return ceilDivide(maxSteps, stepsPerEpoch);
        }
        int enough = Math.min(MOST_EPOCHS, ceilDivide(WANTED_STEPS, stepsPerEpoch));
        return or(request.hyperparameters().epochs(), Math.max(FEWEST_EPOCHS, enough));
    }

    /** At most one step less than all, so that the last step is beyond the warm-up. */
    private static int warmupSteps(TrainingOptions options, int totalSteps) {
        return Math.min((int) Math.ceil(options.warmupRatio() * totalSteps), totalSteps - 1);
    }

    private static Optimizer optimizer(TrainingOptions options, double learningRate, int totalSteps) {
        return new Optimizer(
                learningRate,
                options.lrSchedule(),
                warmupSteps(options, totalSteps),
                options.weightDecay(),
                options.maxGradNorm(),
                options.loraPlusRatio());
    }

    private static int evaluationInterval(JobRequest request, int totalSteps) {
        return request.validationFile() == null
                ? 0
                : or(request.options().evalInterval(), ceilDivide(totalSteps, CHECKPOINTS));
    }

    /** The first step whose beta is 0; a plain LoRA is linear from the start, and so is a model without an adapter. */
    static int annealedAtStep(@Nullable AdapterSettings adapter, int totalSteps) {
        if (adapter == null || adapter.activation().equals(AdapterConfig.NO_ACTIVATION)) {
            return 0;
        }
        AnnealingSchedule schedule = AnnealingSchedule.of(adapter.schedule());
        int first = Math.max(0, (int) Math.floor(schedule.end() * totalSteps) - 1);
        while (schedule.betaAt(first, totalSteps) > 0) {
            first++;
        }
        return first;
    }

    private static int ceilDivide(int dividend, int divisor) {
        return Math.toIntExact(ceilDivide((long) dividend, divisor));
    }

    private static long ceilDivide(long dividend, int divisor) {
        return (dividend - 1) / divisor + 1;
    }
}
