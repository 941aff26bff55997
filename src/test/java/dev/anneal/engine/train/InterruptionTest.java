package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.GoldenBatches;
import dev.anneal.engine.train.passes.MicroBatch;
import dev.anneal.engine.train.passes.Sharing;
import dev.anneal.engine.train.preference.PreferenceSteps;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs with two micro-batches a step, dropout, data orders that change, validations and checkpoints are interrupted
 * many times at random: stopped, or killed in the middle of a step, a validation, or what is computed before the first
 * step. Every attempt has another number of threads.
 */
class InterruptionTest {

    private static final List<EncodedRow> ROWS = GoldenBatches.ofLength(65);
    private static final List<EncodedRow> PAIRS = GoldenBatches.pairsOfLength(60, 24);

    /**
     * A step asks whether it should stop: before it, and before each of two layers of its micro-batches there and back.
     */
    private static final int QUESTIONS_PER_STEP = 9;

    @TempDir
    Path folder;

    private final Random random = new Random(60);
    private int interruptions;
    private int steps;

    @Test
    void interruptedJobsEndWithTheBitsOfAnUndisturbedOne() throws IOException {
        assertThat(MicroBatch.split(ROWS.subList(0, GoldenBatches.STEP_ROWS), 1, Sharing.NONE, DeviceLimits.CPU))
                .hasSize(2);
        steps = 24;
        requireSameBits(
                25,
                attempt -> attempt.rows(ROWS).validating(ROWS.subList(0, 4), 7),
                List.of(CheckpointFolder.ADAPTER, CheckpointFolder.OPTIMIZER));
    }

    /** The beginning of each step's rows has passes of its own. Without dropout, which would keep them apart. */
    @Test
    void interruptedJobsWhoseRowsBeginAlikeDoSoToo() throws IOException {
        List<EncodedRow> rows = GoldenBatches.behindContext(200);
        assertThat(MicroBatch.split(rows.subList(0, GoldenBatches.STEP_ROWS), 1, Sharing.ALL, DeviceLimits.CPU))
                .allMatch(batch -> batch.prefix() != null);
        steps = 16;
        requireSameBits(
                25,
                attempt -> attempt.adapter(adapter(0)).rows(rows).validating(rows.subList(0, 4), 7),
                List.of(CheckpointFolder.ADAPTER, CheckpointFolder.OPTIMIZER));
    }

    @Test
    void interruptedJobsOfPairsDoSoToo() throws IOException {
        assertThat(MicroBatch.split(
                        PAIRS.subList(0, 2 * GoldenBatches.STEP_ROWS), 2, Sharing.PROMPTS, DeviceLimits.CPU))
                .hasSize(2);
        steps = 16;
        requireSameBits(
                10,
                attempt -> attempt.preferring(new TrainingMethod.Dpo(0.1, "sigmoid", 0))
                        .rows(PAIRS)
                        .validating(PAIRS.subList(0, 4), 7),
                List.of(CheckpointFolder.ADAPTER, CheckpointFolder.OPTIMIZER, PreferenceSteps.FILE));
    }

    /**
     * Its reference is that adapter, also of an attempt that goes on from the checkpoint of it that comes before the
     * first step.
     */
    @Test
    void interruptedJobsOfPairsThatBeginWithAnAdapterDoSoToo() throws IOException {
        steps = 6;
        Path before = adapterOfATraining();
        requireSameBits(
                10,
                attempt -> attempt.preferring(new TrainingMethod.Dpo(0.1, "sigmoid", 0))
                        .rows(PAIRS)
                        .beginningWith(before),
                List.of(CheckpointFolder.ADAPTER, CheckpointFolder.OPTIMIZER, PreferenceSteps.FILE));
    }

    private Path adapterOfATraining() throws IOException {
        try (DecoderModel model = load()) {
            TrainingFixture training = attempt(model, "before").rows(ROWS);
            training.run();
            return training.checkpoint(steps).resolve(CheckpointFolder.ADAPTER);
        }
    }

    /** Also within a rollout, and between the updates that follow it. */
    @Test
    void interruptedRolloutsAreSampledAgain() throws IOException {
        steps = 16;
        requireSameBits(
                10,
                attempt -> attempt.reinforcing(
                        PromptFixture.method(
                                PromptFixture.LIKENESS,
                                PromptFixture.policy("grpo", 0.05),
                                PromptFixture.MAX_TOKENS,
                                3),
                        PromptFixture.prompts(PromptFixture.LIKENESS, 8),
                        4,
                        7),
                List.of(CheckpointFolder.ADAPTER, CheckpointFolder.OPTIMIZER));
    }

    private void requireSameBits(int wanted, UnaryOperator<TrainingFixture> kind, List<String> files)
            throws IOException {
        try (DecoderModel model = load()) {
            TrainingFixture undisturbed = kind.apply(attempt(model, "undisturbed"));
            undisturbed.run();
            for (int job = 0; interruptions < wanted; job++) {
                requireSameStory(undisturbed, interrupted(model, "job" + job, kind), files);
            }
        }
    }

    private static DecoderModel load() throws IOException {
        return DecoderModel.load(GoldenTensors.path("models/llama-tied"), ElementType.FLOAT32, TestDevice.NAME);
    }

    /** All attempts of a job that is interrupted every few steps until it ends. */
    private List<TrainingFixture> interrupted(DecoderModel model, String job, UnaryOperator<TrainingFixture> kind)
            throws IOException {
        List<TrainingFixture> attempts = new ArrayList<>();
        @Nullable Path checkpoint = null;
        int validated = 0;
        boolean going = true;
        while (going) {
            TrainingFixture attempt = kind.apply(attempt(model, job + "-" + attempts.size()))
                    .threads(1 + random.nextInt(3))
                    .validated(validated);
            if (checkpoint != null) {
                attempt.beginningWith(null).resuming(checkpoint);
            }
            attempts.add(attempt);
            going = isInterrupted(attempt);
            checkpoint = last(attempt, Progress.CheckpointSaved.class)
                    .map(saved -> Path.of(saved.directory()))
                    .orElse(checkpoint);
            validated = last(attempt, Progress.Validation.class)
                    .map(Progress.Validation::step)
                    .orElse(validated);
        }
        return attempts;
    }

    private boolean isInterrupted(TrainingFixture attempt) throws IOException {
        boolean kills = random.nextBoolean();
        AtomicInteger questions = new AtomicInteger(random.nextInt(7 * QUESTIONS_PER_STEP));
        attempt.stoppingWhen(() -> {
            boolean due = questions.getAndDecrement() <= 0;
            if (due && kills) {
                throw new Killed();
            }
            return due;
        });
        boolean ended;
        try {
            ended = attempt.run() == Trainer.Outcome.COMPLETED;
        } catch (Killed e) {
            ended = false;
        }
        interruptions += ended ? 0 : 1;
        return !ended;
    }

    private static <E extends Progress> Optional<E> last(TrainingFixture attempt, Class<E> type) {
        return attempt.eventsOf(type).stream().reduce((first, second) -> second);
    }

    private TrainingFixture attempt(DecoderModel model, String name) {
        return new TrainingFixture(model, folder.resolve(name))
                .lasting(steps)
                .adapter(adapter(0.2))
                .savingEvery(4);
    }

    private static AdapterSettings adapter(double dropout) {
        return new AdapterSettings(
                4, 8, dropout, List.of("all-linear"), false, "silu", new AdapterSettings.Schedule("linear", 0, 0.8));
    }

    /** Steps and validations that were done twice are told twice, and the same. */
    private void requireSameStory(TrainingFixture undisturbed, List<TrainingFixture> attempts, List<String> files) {
        TrainingFixture last = attempts.get(attempts.size() - 1);
        for (String file : files) {
            assertThat(last.checkpoint(steps).resolve(file))
                    .hasSameBinaryContentAs(undisturbed.checkpoint(steps).resolve(file));
        }
        assertThat(told(attempts, Progress.Step.class, Progress.Step::step, InterruptionTest::withoutTime))
                .isEqualTo(told(
                        List.of(undisturbed), Progress.Step.class, Progress.Step::step, InterruptionTest::withoutTime));
        assertThat(told(attempts, Progress.Validation.class, Progress.Validation::step, Function.identity()))
                .isEqualTo(told(
                        List.of(undisturbed),
                        Progress.Validation.class,
                        Progress.Validation::step,
                        Function.identity()));
    }

    private static <E extends Progress, T> Map<Integer, T> told(
            List<TrainingFixture> attempts, Class<E> type, Function<E, Integer> step, Function<E, T> content) {
        return attempts.stream()
                .flatMap(attempt -> attempt.eventsOf(type).stream())
                .collect(Collectors.toMap(step, content, (first, second) -> {
                    assertThat(second).isEqualTo(first);
                    return first;
                }));
    }

    private static Progress.Step withoutTime(Progress.Step step) {
        Map<String, Double> figures = new HashMap<>(step.figures());
        figures.keySet()
                .removeIf(name -> name.startsWith("seconds/") || name.equals(Figure.TOKENS_PER_SECOND.wireName()));
        return new Progress.Step(step.step(), step.totalSteps(), 0, figures);
    }

    /** The end of a process in the middle of something: nothing is saved. */
    private static final class Killed extends RuntimeException {}
}
