package dev.anneal.engine.train;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.generate.Draft;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.GoldenRun;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.GoldenBatches;
import dev.anneal.engine.train.state.Ranks;
import dev.anneal.engine.train.state.Target;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.engine.train.state.TrainingJob;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A training on golden rows that a test bends to its purpose, and what it reported. */
public final class TrainingFixture {

    /** Compute threads look into it while others add to it. */
    final List<Progress> events = new CopyOnWriteArrayList<>();

    private final DecoderModel model;
    private final Path attempt;
    private @Nullable AdapterSettings adapter = settingsOf(GoldenRun.of("silu").config());
    private TrainingSettings.Optimizer optimizer = new TrainingSettings.Optimizer(1e-2, "linear", 4, 0.01, 1, 1);
    private List<EncodedRow> rows = GoldenBatches.forPlan();
    private List<EncodedRow> validation = List.of();
    private int threads = 1;
    private int steps = GoldenBatches.STEPS;
    private int longest = 512;
    private boolean packing;
    private TrainingData.@Nullable Prompts prompts;
    private int stepRows = GoldenBatches.STEP_ROWS;
    private TrainingMethod method = new TrainingMethod.Supervised();
    private long freeMemoryBytes = Long.MAX_VALUE;
    private String activationCheckpointing = "auto";
    private int checkpointInterval;
    private int evaluationInterval;
    private BooleanSupplier stop = () -> false;
    private Duration silence = Duration.ofDays(1);
    private @Nullable Path initialAdapter;
    private @Nullable Path resumeFrom;
    private @Nullable Path targetAnswers;
    private int validatedStep;
    private @Nullable Target target;
    private Set<Integer> ends = Set.of();
    private @Nullable Draft draft;
    private Ranks ranks = Ranks.alone();
    private String reproducible = TrainingSettings.SAME_DEVICES;

    TrainingFixture(DecoderModel model, Path attempt) {
        this.model = model;
        this.attempt = attempt;
    }

    /** @param value null to train all weights */
    TrainingFixture adapter(@Nullable AdapterSettings value) {
        adapter = value;
        return this;
    }

    TrainingFixture optimizer(TrainingSettings.Optimizer value) {
        optimizer = value;
        return this;
    }

    TrainingFixture rows(List<EncodedRow> value) {
        rows = value;
        return this;
    }

    TrainingFixture validating(List<EncodedRow> value, int interval) {
        validation = value;
        evaluationInterval = interval;
        return this;
    }

    /** Learns from rewards, from so many prompts a step, validating every so many steps. */
    TrainingFixture reinforcing(
            TrainingMethod.Reinforcement value, TrainingData.Prompts data, int promptsOfStep, int interval) {
        method = value;
        prompts = data;
        stepRows = promptsOfStep;
        evaluationInterval = interval;
        return this;
    }

    /** A draft proposes tokens of rollouts. */
    TrainingFixture draftedBy(Draft value) {
        draft = value;
        return this;
    }

    /** The rows are pairs, chosen and rejected in turn. */
    TrainingFixture preferring(TrainingMethod.Dpo value) {
        method = value;
        return this;
    }

    /** A draft learns from a target, so many rows a step. */
    TrainingFixture drafting(
            TrainingMethod.SpeculativeDraft value, Target verifier, Set<Integer> endTokens, int rowsOfStep) {
        method = value;
        stepRows = rowsOfStep;
        target = verifier;
        ends = endTokens;
        return this;
    }

    /** One of several processes, and whether its result has the same bits for any number of them. */
    TrainingFixture of(Ranks value) {
        ranks = value;
        reproducible = value.isOrdered() ? TrainingSettings.ANY_DEVICES : TrainingSettings.SAME_DEVICES;
        return this;
    }

    TrainingFixture threads(int value) {
        threads = value;
        return this;
    }

    TrainingFixture lasting(int value) {
        steps = value;
        return this;
    }

    /** Rows go into packed sequences of so many tokens at most. */
    TrainingFixture packedInto(int tokens) {
        packing = true;
        longest = tokens;
        return this;
    }

    TrainingFixture freeMemoryBytes(long value) {
        freeMemoryBytes = value;
        return this;
    }

    TrainingFixture activationCheckpointing(String value) {
        activationCheckpointing = value;
        return this;
    }

    TrainingFixture savingEvery(int steps) {
        checkpointInterval = steps;
        return this;
    }

    /** Asks to stop once this many steps are done. */
    TrainingFixture stoppingAfter(int steps) {
        return stoppingWhen(() -> steps().size() >= steps);
    }

    /** Asks to stop once this says so. */
    TrainingFixture stoppingWhen(BooleanSupplier value) {
        stop = value;
        return this;
    }

    /** Tells of each layer that is done. */
    TrainingFixture tellingOfLayers() {
        silence = Duration.ZERO;
        return this;
    }

    /** @param adapterFile null to draw the adapter, or to go on with that of a checkpoint */
    TrainingFixture beginningWith(@Nullable Path adapterFile) {
        initialAdapter = adapterFile;
        return this;
    }

    TrainingFixture resuming(Path checkpoint) {
        resumeFrom = checkpoint;
        return this;
    }

    /** @param value folder of answers that the target wrote in an earlier attempt */
    TrainingFixture withAnswers(Path value) {
        targetAnswers = value;
        return this;
    }

    /** The validation of this step was reported by an earlier attempt. */
    TrainingFixture validated(int step) {
        validatedStep = step;
        return this;
    }

    Trainer.Outcome run() throws IOException {
        return new Trainer(job(), events::add, new Control(), silence).run();
    }

    TrainingJob job() {
        TrainingSettings settings = new TrainingSettings(
                method,
                1,
                stepRows,
                steps,
                longest,
                packing,
                activationCheckpointing,
                optimizer,
                checkpointInterval,
                evaluationInterval,
                GoldenBatches.SEED,
                reproducible,
                TrainingSettings.AUTO,
                TrainingSettings.WHOLE);
        TrainTask task = new TrainTask(
                new Task.BaseModel("golden", null, "golden"),
                new Task.Machine(TestDevice.NAME, threads, "auto"),
                Instant.EPOCH,
                "training.jsonl",
                null,
                adapter,
                settings,
                attempt.toString(),
                null,
                null,
                null,
                resumeFrom == null ? null : resumeFrom.toString(),
                targetAnswers == null ? null : targetAnswers.toString(),
                validatedStep,
                null);
        return new TrainingJob(
                task, model, "base", target, draft, data(), () -> freeMemoryBytes, initialAdapter, ranks);
    }

    private TrainingData data() {
        if (prompts != null) {
            return prompts;
        }
        if (target != null) {
            return new TrainingData.Rows(rows, validation, 1, ends);
        }
        return method instanceof TrainingMethod.Dpo
                ? TrainingData.Rows.pairs(rows, validation)
                : new TrainingData.Rows(rows, validation);
    }

    List<Progress.Step> steps() {
        return eventsOf(Progress.Step.class);
    }

    <T extends Progress> List<T> eventsOf(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    Path checkpoint(int step) {
        return attempt.resolve("checkpoint-" + step);
    }

    public static AdapterSettings settingsOf(AdapterConfig config) {
        return new AdapterSettings(
                config.rank(),
                config.alpha(),
                config.dropout(),
                config.targets().stream().map(Projection::shortName).toList(),
                config.rslora(),
                config.activation().wireName(),
                new AdapterSettings.Schedule(
                        config.schedule().shape().wireName(),
                        config.schedule().start(),
                        config.schedule().end()));
    }

    /** What the test wants of the training. */
    private final class Control implements TrainingControl {
        @Override
        public boolean takeSave() {
            return false;
        }

        @Override
        public boolean isStopping() {
            return stop.getAsBoolean();
        }
    }
}
