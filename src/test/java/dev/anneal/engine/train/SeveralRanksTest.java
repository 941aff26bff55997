package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.format.file.Sha256;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TestGroup;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.GoldenBatches;
import dev.anneal.engine.train.state.Ranks;
import dev.anneal.engine.train.state.Target;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Several ranks train what one process trains, each with a model of its own. Ranks are threads of this process. */
class SeveralRanksTest {

    private static final TrainingSettings.Optimizer FAST = new TrainingSettings.Optimizer(1e-2, "constant", 0, 0, 1, 1);
    private static final AdapterSettings ANNEALED = new AdapterSettings(
            8, 16, 0, List.of("all-linear"), false, "silu", new AdapterSettings.Schedule("linear", 0, 0.8));

    /** Losses are sums of the same numbers in another order. */
    private static final double REORDERED = 2e-5;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    /** What is trained. */
    enum Arm {
        SUPERVISED("models/llama-tied", 16) {
            @Override
            TrainingFixture of(DecoderModel model, Path attempt) {
                return new TrainingFixture(model, attempt)
                        .lasting(steps())
                        .validating(GoldenBatches.forPlan().subList(0, 9), 5)
                        .savingEvery(6);
            }
        },
        PACKED("models/qwen3", 10) {
            @Override
            TrainingFixture of(DecoderModel model, Path attempt) {
                return new TrainingFixture(model, attempt).lasting(steps()).packedInto(96);
            }
        },
        DROPOUT("models/llama-tied", 8) {
            @Override
            TrainingFixture of(DecoderModel model, Path attempt) {
                return new TrainingFixture(model, attempt)
                        .lasting(steps())
                        .adapter(new AdapterSettings(
                                4, 8, 0.2, List.of("all-linear"), false, "relu", ANNEALED.schedule()));
            }
        },
        ALL_WEIGHTS("models/llama-tied", 8) {
            @Override
            TrainingFixture of(DecoderModel model, Path attempt) {
                return new TrainingFixture(model, attempt)
                        .lasting(steps())
                        .adapter(null)
                        .optimizer(new TrainingSettings.Optimizer(3e-3, "linear", 0, 0.01, 1, 1));
            }
        },
        PREFERENCE("models/llama-tied", 8) {
            @Override
            TrainingFixture of(DecoderModel model, Path attempt) {
                List<EncodedRow> pairs = pairs();
                return new TrainingFixture(model, attempt)
                        .lasting(steps())
                        .preferring(new TrainingMethod.Dpo(0.1, "sigmoid", 0))
                        .rows(pairs)
                        .validating(pairs.subList(0, 6), 4);
            }
        },
        REINFORCEMENT("models/llama-tied", 6) {
            @Override
            TrainingFixture of(DecoderModel model, Path attempt) {
                return new TrainingFixture(model, attempt)
                        .lasting(steps())
                        .optimizer(FAST)
                        .reinforcing(
                                PromptFixture.method(PromptFixture.LETTER, PromptFixture.policy("dapo", 0.01), 8, 2),
                                PromptFixture.prompts(PromptFixture.LETTER, 8),
                                4,
                                3);
            }
        },
        /** Some groups have equal rewards, so that some ranks have nothing to learn in a step. */
        SPARSE_REWARDS("models/llama-tied", 8) {
            @Override
            TrainingFixture of(DecoderModel model, Path attempt) {
                return new TrainingFixture(model, attempt)
                        .lasting(steps())
                        .optimizer(FAST)
                        .reinforcing(
                                PromptFixture.method(PromptFixture.LETTER, PromptFixture.policy("dapo", 0), 2, 1),
                                PromptFixture.prompts(PromptFixture.LETTER, 8),
                                4,
                                0);
            }
        },
        DRAFT("draft3/distil/student", 6) {
            @Override
            TrainingFixture of(DecoderModel model, Path attempt) throws IOException {
                return draft("model", null, model, load("draft3/target"), attempt)
                        .lasting(steps())
                        .adapter(ANNEALED);
            }
        },
        HEAD("draft3/target", 6) {
            @Override
            TrainingFixture of(DecoderModel model, Path attempt) {
                TrainingMethod.EagleHead shape =
                        new TrainingMethod.EagleHead(List.of(1, 2, 3), 61, 3, 1, true, true, false, true);
                return draft("eagle3", shape, model, model, attempt)
                        .lasting(steps())
                        .adapter(null);
            }
        };

        final String model;
        private final int steps;

        Arm(String model, int steps) {
            this.model = model;
            this.steps = steps;
        }

        int steps() {
            return steps;
        }

        abstract TrainingFixture of(DecoderModel model, Path attempt) throws IOException;

        private static TrainingFixture draft(
                String kind,
                TrainingMethod.@Nullable EagleHead shape,
                DecoderModel model,
                DecoderModel target,
                Path attempt) {
            return new TrainingFixture(model, attempt)
                    .drafting(
                            new TrainingMethod.SpeculativeDraft(
                                    "target",
                                    kind,
                                    "kl_div",
                                    3,
                                    new TrainingMethod.AcceptanceEvaluation(5, 10),
                                    new TrainingMethod.Regeneration(0.5, 12),
                                    shape,
                                    0),
                            new Target(target, target.noAdapter(), "target"),
                            Set.of(),
                            12)
                    .rows(answers(target.config().vocabularySize()))
                    .validating(answers(target.config().vocabularySize()).subList(0, 7), 3)
                    .optimizer(FAST);
        }
    }

    private static List<EncodedRow> pairs() {
        List<EncodedRow> rows = GoldenBatches.forPlan();
        List<EncodedRow> pairs = new ArrayList<>();
        for (int pair = 0; pair < 12; pair++) {
            EncodedRow chosen = rows.get(pair);
            EncodedRow rejected = rows.get(rows.size() - 1 - pair);
            pairs.add(new EncodedRow(pair + 1, chosen.ids(), chosen.labels(), false));
            pairs.add(new EncodedRow(pair + 1, rejected.ids(), rejected.labels(), false));
        }
        return pairs;
    }

    private static List<EncodedRow> answers(int vocabulary) {
        Random random = new Random(3);
        List<EncodedRow> rows = new ArrayList<>();
        for (int line = 1; line <= 24; line++) {
            int[] ids = random.ints(12 + 13 * (line % 3), 0, vocabulary).toArray();
            int[] labels = ids.clone();
            Arrays.fill(labels, 0, 5, EncodedRow.NOT_TRAINED);
            rows.add(new EncodedRow(line, ids, labels, false));
        }
        return rows;
    }

    static DecoderModel load(String name) throws IOException {
        return DecoderModel.load(GoldenTensors.path(name), ElementType.FLOAT32, TestDevice.NAME);
    }

    /** Events and the last checkpoint's files by hash. */
    private record Trained(List<Progress> events, Map<String, String> files) {

        List<Progress.Step> steps() {
            return events.stream()
                    .filter(Progress.Step.class::isInstance)
                    .map(Progress.Step.class::cast)
                    .toList();
        }

        List<Double> losses() {
            return steps().stream()
                    .map(step -> Objects.requireNonNull(step.get(Figure.TRAIN_LOSS)))
                    .toList();
        }

        List<Progress.Validation> validations() {
            return events.stream()
                    .filter(Progress.Validation.class::isInstance)
                    .map(Progress.Validation.class::cast)
                    .toList();
        }
    }

    /** Changes a fixture of a rank. */
    private interface Change {
        TrainingFixture of(TrainingFixture fixture, int rank);
    }

    private Trained train(Arm arm, String name, int size, boolean ordered, Change change) throws IOException {
        if (size == 1) {
            return train(arm, name, Ranks.of(null, ordered), change);
        }
        return TestGroup.run(size, group -> train(arm, name, Ranks.of(group, ordered), change))
                .get(0);
    }

    private Trained train(Arm arm, String name, Ranks ranks, Change change) throws IOException {
        Path attempt = folder.resolve(name + "-" + ranks.rank());
        try (DecoderModel model = load(arm.model)) {
            TrainingFixture fixture = change.of(arm.of(model, attempt).of(ranks), ranks.rank());
            Trainer.Outcome outcome = fixture.run();
            int last = outcome == Trainer.Outcome.COMPLETED
                    ? arm.steps()
                    : fixture.steps().size();
            if (!ranks.isFirst()) {
                assertThat(attempt).doesNotExist();
                return new Trained(fixture.events, Map.of());
            }
            return new Trained(fixture.events, files(fixture.checkpoint(last)));
        }
    }

    static Map<String, String> files(Path checkpoint) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        try (Stream<Path> files = Files.list(checkpoint)) {
            for (Path file : files.toList()) {
                if (!file.getFileName().toString().equals("state.json")) {
                    hashes.put(file.getFileName().toString(), Sha256.of(file));
                }
            }
        }
        return hashes;
    }

    private Trained train(Arm arm, String name, int size, boolean ordered) throws IOException {
        return train(arm, name, size, ordered, (fixture, rank) -> fixture);
    }

    @ParameterizedTest
    @EnumSource(Arm.class)
    void theyTrainWhatOneProcessTrains(Arm arm) throws IOException {
        Trained alone = train(arm, "alone", 1, false);
        if (arm == Arm.SPARSE_REWARDS) {
            assertThat(alone.steps())
                    .extracting(step -> step.figures().getOrDefault("frac_reward_zero_std", 0.0))
                    .as("a step with groups that teach something and others that teach nothing")
                    .anyMatch(share -> share > 0 && share < 1);
        }
        for (int size : new int[] {2, 4}) {
            Trained together = train(arm, "together" + size, size, false);

            assertThat(together.steps()).hasSameSizeAs(alone.steps());
            for (int step = 0; step < arm.steps(); step++) {
                requireClose(
                        alone.steps().get(step).figures(),
                        withoutExchange(together.steps().get(step).figures(), size),
                        step);
            }
            assertThat(together.validations()).hasSameSizeAs(alone.validations());
            for (int i = 0; i < alone.validations().size(); i++) {
                requireClose(
                        alone.validations().get(i).metrics(),
                        together.validations().get(i).metrics(),
                        i);
            }
        }
    }

    /** The figures of a step without those of ranks. */
    private static Map<String, Double> withoutExchange(Map<String, Double> figures, int size) {
        Map<String, Double> others = new LinkedHashMap<>(figures);
        assertThat(others.remove("ranks/slowest")).isBetween(0.0, size - 1.0);
        assertThat(others.remove("seconds/exchange")).isPositive();
        assertThat(others.remove("seconds/imbalance")).isNotNegative();
        return others;
    }

    private static void requireClose(Map<String, Double> alone, Map<String, Double> together, int step) {
        assertThat(together.keySet()).isEqualTo(alone.keySet());
        alone.forEach((name, value) -> {
            boolean isOfTime = name.contains("seconds") || name.contains("per_second");
            // Shared beginnings are computed on each rank.
            if (!isOfTime && !name.equals(Figure.SHARED_TOKENS.wireName())) {
                assertThat(together.get(name))
                        .as("%s of step %d", name, step)
                        .isCloseTo(value, within(REORDERED * Math.max(1, Math.abs(value))));
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Arm.class)
    void theBitsAreTheSameEachTimeAndAfterAStop(Arm arm) throws IOException {
        Trained once = train(arm, "once", 2, false);
        Trained again = train(arm, "again", 2, false);
        // Only one rank is told, in the middle of a step.
        Trained stopped =
                train(arm, "stopped", 2, false, (fixture, rank) -> rank == 1 ? fixture.stoppingAfter(3) : fixture);
        Path checkpoint = folder.resolve("stopped-0")
                .resolve("checkpoint-" + stopped.steps().size());
        Trained resumed = train(arm, "resumed", 2, false, (fixture, rank) -> fixture.resuming(checkpoint));

        assertThat(again.files()).isEqualTo(once.files());
        assertThat(stopped.steps()).hasSizeBetween(3, 4);
        assertThat(resumed.files()).isEqualTo(once.files());
        assertThat(stopped.losses())
                .isEqualTo(once.losses().subList(0, stopped.steps().size()));
    }

    @ParameterizedTest
    @EnumSource(Arm.class)
    void inOrderTheBitsAreTheSameForAnyNumber(Arm arm) throws IOException {
        Trained alone = train(arm, "alone", 1, true);
        for (int size : new int[] {2, 4}) {
            Trained together = train(arm, "together" + size, size, true);

            assertThat(together.losses()).isEqualTo(alone.losses());
            assertThat(together.files()).isEqualTo(alone.files());
        }
    }

    /** A job may be resumed by another number of processes. */
    @ParameterizedTest
    @CsvSource({"1, 2", "2, 1", "2, 4"})
    void anotherNumberGoesOn(int before, int after) throws IOException {
        Trained whole = train(Arm.SUPERVISED, "whole", before, true);
        train(Arm.SUPERVISED, "begun", before, true, (fixture, rank) -> fixture.stoppingAfter(5));
        Path checkpoint = folder.resolve("begun-0").resolve("checkpoint-5");
        Trained resumed =
                train(Arm.SUPERVISED, "resumed", after, true, (fixture, rank) -> fixture.resuming(checkpoint));

        assertThat(resumed.files()).isEqualTo(whole.files());
    }

    @Test
    void onlyTheFirstRankSaves() throws IOException {
        train(Arm.SUPERVISED, "both", 2, false);

        assertThat(folder.resolve("both-0").resolve("checkpoint-6")).isDirectory();
        assertThat(folder.resolve("both-1")).doesNotExist();
    }
}
