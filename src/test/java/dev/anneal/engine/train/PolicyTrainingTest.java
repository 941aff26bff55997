package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.format.file.Sha256;
import dev.anneal.engine.math.objective.Advantages;
import dev.anneal.engine.network.draft.EagleDrafter;
import dev.anneal.engine.network.draft.EagleHead;
import dev.anneal.engine.network.draft.NewHeads;
import dev.anneal.engine.network.generate.DraftHead;
import dev.anneal.engine.network.generate.DraftModel;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TorchException;
import dev.anneal.engine.train.rollout.Detokenizer;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.engine.train.state.TrainingException;
import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings of golden models on rewards of what they write. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicyTrainingTest {

    static final TrainingSettings.Optimizer QUICK = new TrainingSettings.Optimizer(2e-2, "constant", 0, 0, 1, 1);

    private final DecoderModel model;

    @TempDir
    Path folder;

    PolicyTrainingTest() throws IOException {
        model = DecoderModel.load(GoldenTensors.path("models/llama-tied"), ElementType.FLOAT32, TestDevice.NAME);
    }

    @AfterAll
    void close() {
        model.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"grpo", "bnpo", "dr_grpo", "dapo", "gspo"})
    void rewardsRise(String loss) throws IOException {
        TrainingFixture training = training(PromptFixture.LETTER, PromptFixture.policy(loss, 0), 24);

        assertThat(training.run()).isEqualTo(Trainer.Outcome.COMPLETED);

        List<Double> rewards = metric(training, "reward");
        assertThat(mean(rewards.subList(18, 24))).as("%s", rewards).isGreaterThan(mean(rewards.subList(0, 6)) + 0.2);
        assertThat(training.eventsOf(Progress.Validation.class)).hasSize(2).allSatisfy(validation -> {
            assertThat(validation.loss()).isNull();
            assertThat(validation.metrics()).containsKeys("reward", "completions/mean_length");
        });
        assertThat(training.steps())
                .allSatisfy(step -> assertThat(step.ofMethod())
                        .containsKeys(
                                "reward",
                                "reward_std",
                                "frac_reward_zero_std",
                                "rewards/letter/mean",
                                "completions/clipped_ratio",
                                "seconds/rollout")
                        .containsEntry("rewards/failed_ratio", 0.0));
    }

    /** Rollouts are on policy, activation and all: the first ratio is 1, and what a group gains it loses. */
    @Test
    void firstUpdateOfEachRolloutIsOnPolicy() throws IOException {
        TrainingFixture training = training(PromptFixture.LIKENESS, PromptFixture.policy("grpo", 0), 3, 9);

        training.run();

        List<Double> clipped = metric(training, "clip_ratio/region_mean");
        List<Double> rewards = metric(training, "reward");
        for (int rollout = 0; rollout < 9; rollout += 3) {
            assertThat(clipped.get(rollout)).isZero();
            assertThat(rewards.subList(rollout, rollout + 3)).containsOnly(rewards.get(rollout));
            assertThat(training.steps().get(rollout).get(Figure.TRAIN_LOSS)).isCloseTo(0, within(1e-4));
        }
        assertThat(clipped).anySatisfy(share -> assertThat(share).isPositive());
    }

    /** 16 completions in two lanes, of which one at a time is left. */
    @Test
    void rolloutThatDoesNotFitIntoMemoryIsSampledAgainWithFewerAtATime() throws IOException {
        TrainingMethod.Policy policy = PromptFixture.policy("grpo", 0);
        TrainingFixture roomy = training(PromptFixture.LIKENESS, policy, 3);
        AtomicInteger asked = new AtomicInteger();
        TrainingFixture tight = training(PromptFixture.LIKENESS, policy, 3).stoppingWhen(() -> {
            if (asked.incrementAndGet() == 8) {
                throw new TorchException("CUDA out of memory", new IllegalStateException("native"));
            }
            return false;
        });

        roomy.run();
        tight.run();

        assertThat(tight.eventsOf(Progress.Warning.class))
                .extracting(Progress.Warning::message)
                .containsExactly("what is sampled did not fit into memory: from here on at most 8 completions are"
                        + " sampled at one time");
        assertThat(roomy.eventsOf(Progress.Warning.class)).isEmpty();
        assertThat(metric(tight, "reward")).isEqualTo(metric(roomy, "reward"));
        assertThat(tight.eventsOf(Progress.Samples.class)).isEqualTo(roomy.eventsOf(Progress.Samples.class));
    }

    /**
     * The model as it was drafts for what it becomes: the same tokens, rewards and adapter, in bf16 bit by bit. So does
     * a new head, which is hardly ever right. How much is drafted depends on measured times, but something is in the
     * first steps.
     */
    @Test
    void draftChangesNothingButTheNumberOfPasses() throws IOException {
        try (DecoderModel policy = DecoderModel.load(
                        GoldenTensors.path("models/llama-tied"), ElementType.BFLOAT16, TestDevice.NAME);
                IncrementalDecoder incremental = new IncrementalDecoder(policy);
                EagleHead head = head(policy);
                EagleDrafter reader = new EagleDrafter(head, head.noAdapter())) {
            assertThat(incremental.hasIndependentRows()).isTrue();
            TrainingFixture plain = drafted(policy, "plain");
            TrainingFixture byModel =
                    drafted(policy, "model").draftedBy(new DraftModel(incremental, policy.noAdapter()));
            TrainingFixture byHead = drafted(policy, "head").draftedBy(new DraftHead(reader));

            for (TrainingFixture each : List.of(plain, byModel, byHead)) {
                assertThat(each.run()).isEqualTo(Trainer.Outcome.COMPLETED);
            }

            for (TrainingFixture each : List.of(byModel, byHead)) {
                assertThat(each.eventsOf(Progress.Samples.class)).isEqualTo(plain.eventsOf(Progress.Samples.class));
                assertThat(metric(each, "reward")).isEqualTo(metric(plain, "reward"));
                assertThat(Sha256.of(each.checkpoint(12).resolve(CheckpointFolder.ADAPTER)))
                        .isEqualTo(Sha256.of(plain.checkpoint(12).resolve(CheckpointFolder.ADAPTER)));
            }
            assertThat(metric(byModel, "acceptance_length/rollout")).allMatch(length -> length >= 1);
            assertThat(metric(byModel, "acceptance_length/rollout")).anyMatch(length -> length > 1);
            assertThat(byModel.eventsOf(Progress.Validation.class))
                    .allSatisfy(
                            validation -> assertThat(validation.metrics()).containsKey("acceptance_length/rollout"));
            assertThat(plain.steps())
                    .allSatisfy(step -> assertThat(step.ofMethod()).doesNotContainKey("acceptance_length/rollout"));
        }
    }

    private TrainingFixture drafted(DecoderModel policy, String name) {
        TrainingData.Prompts prompts = PromptFixture.prompts(PromptFixture.LETTER, 8);
        return new TrainingFixture(policy, folder.resolve(name))
                .lasting(12)
                .optimizer(QUICK)
                .threads(2)
                .reinforcing(
                        PromptFixture.method(PromptFixture.LETTER, PromptFixture.policy("grpo", 0), 24, 1),
                        prompts,
                        4,
                        6);
    }

    private static EagleHead head(DecoderModel target) {
        int layers = target.config().layers();
        return NewHeads.of(target, List.of(0, layers / 2, layers), 200);
    }

    @Test
    void divergenceIsThatFromTheModelWithoutAdapter() throws IOException {
        TrainingFixture training = training(PromptFixture.LIKENESS, PromptFixture.policy("grpo", 0.1), 6);

        training.run();

        List<Double> divergence = metric(training, "kl");
        assertThat(divergence.get(0)).as("B is 0 at the start").isCloseTo(0, within(1e-6));
        assertThat(divergence.get(5)).isPositive();
    }

    @Test
    void rewardsAreEvenThoughTheirMeanIsNotTheirValue() {
        double[] rewards = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1};

        for (Advantages.Scale scale : Advantages.Scale.values()) {
            assertThat(Advantages.of(List.of(rewards), scale).get(0)).containsOnly(0.0);
        }
    }

    @Test
    void equalRewardsTeachNothing() throws IOException {
        Map<String, Object> never = Map.of(
                "type", "string_check",
                "name", "never",
                "input", "{{sample.output_text}}",
                "reference", "no word of the model",
                "operation", "eq");
        TrainingFixture training = training(never, PromptFixture.policy("dapo", 0), 3);

        training.run();

        assertThat(training.steps()).allSatisfy(step -> {
            assertThat(step.get(Figure.GRAD_NORM)).isZero();
            assertThat(step.get(Figure.TRAIN_LOSS)).isZero();
            assertThat(step.ofMethod()).containsEntry("frac_reward_zero_std", 1.0);
        });
    }

    @Test
    void completionsThatWereCutTeachNothingWhereTheyAreMasked() throws IOException {
        TrainingMethod.Policy masking = new TrainingMethod.Policy("dapo", 0.2, 0.2, 0, "group", true);
        TrainingData.Prompts endless = PromptFixture.prompts(PromptFixture.LIKENESS, 4);
        TrainingData.Prompts prompts = new TrainingData.Prompts(
                endless.training(),
                endless.validation(),
                new Detokenizer(Set.of(), endless.wording().text()),
                endless.grading(),
                4,
                PromptFixture.MAX_TOKENS);
        TrainingFixture training = new TrainingFixture(model, folder)
                .lasting(2)
                .reinforcing(
                        PromptFixture.method(PromptFixture.LIKENESS, masking, PromptFixture.MAX_TOKENS, 1),
                        prompts,
                        2,
                        0);

        training.run();

        assertThat(training.steps()).allSatisfy(step -> {
            assertThat(step.get(Figure.GRAD_NORM)).isZero();
            assertThat(step.ofMethod()).containsEntry("completions/clipped_ratio", 1.0);
            assertThat(step.get(Figure.TRAINED_TOKENS)).isZero();
        });
    }

    @Test
    void graderThatSaysNothingEndsTheTraining() {
        Map<String, Object> lost = Map.of(
                "type", "string_check",
                "name", "lost",
                "input", "{{item.nothing}}",
                "reference", "a",
                "operation", "eq");
        TrainingFixture training = training(lost, PromptFixture.policy("dapo", 0), 3);

        assertThatThrownBy(training::run)
                .isInstanceOfSatisfying(
                        TrainingException.class,
                        e -> assertThat(e.code()).isEqualTo(TrainingException.Code.GRADER_FAILED))
                .hasMessageContaining("'lost'")
                .hasMessageContaining("item.nothing");
    }

    @Test
    void graderThatIsNotAnsweredMayBeAskedByAnotherAttempt() {
        Map<String, Object> judged = Map.of(
                "type", "score_model",
                "name", "judge",
                "model", "away",
                "input", List.of(Map.of("role", "user", "content", "{{sample.output_text}}")));
        TrainingFixture training = training(judged, PromptFixture.policy("dapo", 0), 3);

        assertThatThrownBy(training::run)
                .isInstanceOfSatisfying(
                        TrainingException.class,
                        e -> assertThat(e.code()).isEqualTo(TrainingException.Code.GRADER_UNANSWERED));
    }

    private TrainingFixture training(Map<String, Object> grader, TrainingMethod.Policy policy, int steps) {
        return training(grader, policy, 1, steps);
    }

    private TrainingFixture training(Map<String, Object> grader, TrainingMethod.Policy policy, int updates, int steps) {
        return new TrainingFixture(model, folder)
                .lasting(steps)
                .optimizer(QUICK)
                .threads(2)
                .reinforcing(
                        PromptFixture.method(grader, policy, PromptFixture.MAX_TOKENS, updates),
                        PromptFixture.prompts(grader, 8),
                        4,
                        Math.max(1, steps / 2));
    }

    private static List<Double> metric(TrainingFixture training, String name) {
        return training.steps().stream()
                .map(step -> {
                    @Nullable Double value = step.ofMethod().get(name);
                    return value == null ? Double.NaN : value;
                })
                .toList();
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
