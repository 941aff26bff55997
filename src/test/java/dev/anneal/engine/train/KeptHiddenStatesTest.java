package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.format.file.Sha256;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.StepRows;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.engine.train.state.Target;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A head learns the same to the bit from hidden states that are kept and from those that are computed again. */
class KeptHiddenStatesTest {

    private static final int STEP_ROWS = 12;
    private static final int FOUR_EPOCHS = 12;
    private static final int[] LENGTHS = {12, 21, 38};
    private static final TrainingSettings.Optimizer FAST = new TrainingSettings.Optimizer(1e-2, "constant", 0, 0, 1, 1);
    private static final AdapterSettings ANNEALED = new AdapterSettings(
            8, 16, 0, List.of("all-linear"), false, "silu", new AdapterSettings.Schedule("linear", 0, 0.8));

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static DecoderModel target;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static List<EncodedRow> rows;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    /** Rows of several lengths, so that a step has two micro-batches, of which each has other rows in each epoch. */
    @BeforeAll
    static void load() throws IOException {
        target = DecoderModel.load(GoldenTensors.path("draft3/target"), ElementType.FLOAT32, TestDevice.NAME);
        Random random = new Random(3);
        rows = new ArrayList<>();
        for (int line = 1; line <= 3 * STEP_ROWS; line++) {
            int[] ids = random.ints(
                            LENGTHS[line % LENGTHS.length], 0, target.config().vocabularySize())
                    .toArray();
            int[] labels = ids.clone();
            Arrays.fill(labels, 0, 5, EncodedRow.NOT_TRAINED);
            rows.add(new EncodedRow(line, ids, labels, false));
        }
    }

    @AfterAll
    static void close() {
        target.close();
    }

    /** None are kept, those of half of the rows, and all. On a GPU products depend on their number of rows. */
    @ParameterizedTest
    @CsvSource({"eagle3, 4, full", "eagle1, 1, afa"})
    void theyChangeNoBit(String kind, int states, String arm) throws IOException {
        Assumptions.assumeTrue(
                TestDevice.NAME.equals("cpu"),
                "NOT TESTED: on " + TestDevice.NAME + " the bits of products depend on their number of rows");
        @Nullable AdapterSettings adapter = arm.equals("full") ? null : ANNEALED;
        long all = StepRows.tokens(rows) * states * target.config().hiddenSize() * Float.BYTES;
        TrainingFixture none = keeping("none", kind, adapter, 0);
        TrainingFixture half = keeping("half", kind, adapter, all / 2);
        TrainingFixture whole = keeping("whole", kind, adapter, all).threads(2);
        for (TrainingFixture training : List.of(none, half, whole)) {
            training.run();
        }
        keeping("stopped", kind, adapter, all / 2).stoppingAfter(5).run();
        keeping("resumed", kind, adapter, all / 2)
                .threads(2)
                .resuming(folder.resolve("stopped").resolve("checkpoint-5"))
                .run();

        for (TrainingFixture kept : List.of(half, whole)) {
            assertThat(measured(kept)).isEqualTo(measured(none));
        }
        for (String name : List.of("half", "whole", "resumed")) {
            assertThat(head(name)).as(name).isEqualTo(head("none"));
        }
        assertThat(Stream.of(none, half, whole)
                        .map(training ->
                                training.eventsOf(Progress.Working.class).size()))
                .as("layers computed")
                .isSortedAccordingTo(Comparator.reverseOrder())
                .doesNotHaveDuplicates();
    }

    private TrainingFixture keeping(String name, String kind, @Nullable AdapterSettings adapter, long bytes) {
        TrainingMethod.EagleHead shape = kind.equals("eagle1")
                ? null
                : new TrainingMethod.EagleHead(List.of(1, 2, 3), 61, 3, 1, true, true, false, true);
        TrainingMethod.SpeculativeDraft method = new TrainingMethod.SpeculativeDraft(
                "target", kind, "kl_div", 3, new TrainingMethod.AcceptanceEvaluation(2, 10), null, shape, bytes);
        return new TrainingFixture(target, folder.resolve(name))
                .drafting(method, new Target(target, target.noAdapter(), "target"), Set.of(), STEP_ROWS)
                .rows(rows)
                .validating(rows.subList(0, 3), FOUR_EPOCHS / 2)
                .adapter(adapter)
                .optimizer(FAST)
                .lasting(FOUR_EPOCHS)
                .tellingOfLayers();
    }

    private static List<Object> measured(TrainingFixture training) {
        List<Object> measured = new ArrayList<>(training.eventsOf(Progress.Validation.class));
        for (Progress.Step step : training.steps()) {
            measured.add(Objects.requireNonNull(step.get(Figure.TRAIN_LOSS)));
            measured.add(step.ofMethod());
        }
        return measured;
    }

    private String head(String name) throws IOException {
        return Sha256.of(
                folder.resolve(name).resolve("checkpoint-" + FOUR_EPOCHS).resolve(CheckpointFolder.WEIGHTS));
    }
}
