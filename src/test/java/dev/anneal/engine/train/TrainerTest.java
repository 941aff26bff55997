package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.lora.GoldenRun;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.ModelForm;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.GoldenBatches;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.engine.train.state.CheckpointState;
import dev.anneal.engine.train.state.TrainingException;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole trainings: what they report, that their bits depend on seed and settings alone, and how they end and go on. */
class TrainerTest {

    private static DecoderModel model;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() throws IOException {
        model = DecoderModel.load(GoldenTensors.path("models/llama-tied"), ElementType.FLOAT32, TestDevice.NAME);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void progressTellsTheSchedulesAndTheLossFalls() throws IOException {
        TrainingFixture fixture =
                fixture("a").validating(GoldenBatches.inOrder().subList(0, 8), 10);

        assertThat(fixture.run()).isEqualTo(Trainer.Outcome.COMPLETED);

        assertThat(fixture.events.get(0)).isEqualTo(new Progress.Started(0, 24, 8960, "fp32"));
        List<Progress.Step> steps = fixture.steps();
        assertThat(steps).hasSize(24);
        assertThat(steps.get(0).get(Figure.LEARNING_RATE)).isZero();
        assertThat(steps.get(4).get(Figure.LEARNING_RATE)).isEqualTo(1e-2);
        assertThat(steps.get(12).get(Figure.BETA)).isEqualTo(0.5);
        assertThat(steps.get(23).get(Figure.EPOCH)).isEqualTo(1);
        assertThat(steps.get(23).get(Figure.TRAIN_LOSS)).isLessThan(5.4);
        assertThat(steps.get(0).get(Figure.TRAIN_LOSS)).isGreaterThan(6);
        List<Progress.Validation> validations = fixture.eventsOf(Progress.Validation.class);
        assertThat(validations).extracting(Progress.Validation::step).containsExactly(10, 20, 24);
        assertThat(validations.get(0).beta()).isEqualTo(1 - 10 / 24.0);
        assertThat(validations.get(2).beta()).isZero();
        assertThat(validations.get(2).loss()).isLessThan(validations.get(0).loss());
    }

    @Test
    void aLongStepTellsOfALayerOnceItIsDone() throws IOException {
        List<Integer> toldBeforeLayers = new ArrayList<>();
        TrainingFixture fixture = fixture("a").tellingOfLayers();
        fixture.stoppingWhen(() -> {
                    toldBeforeLayers.add(
                            fixture.eventsOf(Progress.Working.class).size());
                    return fixture.steps().size() >= 1;
                })
                .run();

        // Asked before each layer: a layer that hangs has told nothing.
        assertThat(toldBeforeLayers).startsWith(0, 0, 1, 2);
    }

    @Test
    void theLastCheckpointIsMergeableAndEarlierOnesAreNot() throws IOException {
        TrainingFixture fixture = fixture("a").savingEvery(10);
        fixture.run();

        assertThat(fixture.eventsOf(Progress.CheckpointSaved.class))
                .extracting(Progress.CheckpointSaved::step)
                .containsExactly(10, 20, 24);
        CheckpointState middle = CheckpointFolder.open(fixture.checkpoint(10)).state();
        CheckpointState last = CheckpointFolder.open(fixture.checkpoint(24)).state();
        assertThat(middle.beta()).isEqualTo(1 - 10 / 24.0);
        assertThat(middle.isMergeable()).isFalse();
        assertThat(last.beta()).isZero();
        assertThat(last.isMergeable()).isTrue();
        assertThat(last.settings().seed()).isEqualTo(GoldenBatches.SEED);
    }

    @ParameterizedTest
    @CsvSource({"2, 0, FLOAT32", "2, 0.2, FLOAT32", "3, 0.2, FLOAT32", "2, 0, BFLOAT16", "3, 0.2, BFLOAT16"})
    void bitsDoNotDependOnTheNumberOfThreads(int threads, double dropout, ElementType precision) throws IOException {
        try (DecoderModel computing = DecoderModel.load(
                GoldenTensors.path("models/llama-tied"), precision, TestDevice.NAME, ModelForm.RESIDENT.byRow())) {
            TrainingFixture one = new TrainingFixture(computing, folder.resolve("one"));
            TrainingFixture several = new TrainingFixture(computing, folder.resolve("several")).threads(threads);
            for (TrainingFixture fixture : List.of(one, several)) {
                fixture.rows(manyLongRows())
                        .adapter(dropping(dropout))
                        .stoppingAfter(8)
                        .run();
            }

            assertThat(adapterOf(several, 8)).isEqualTo(adapterOf(one, 8));
            assertThat(several.steps())
                    .extracting(step -> step.get(Figure.TRAIN_LOSS))
                    .isEqualTo(one.steps().stream()
                            .map(step -> step.get(Figure.TRAIN_LOSS))
                            .toList());
        }
    }

    @Test
    void dropoutChangesTheTraining() throws IOException {
        TrainingFixture without = fixture("without");
        TrainingFixture with = fixture("with").adapter(dropping(0.2));
        without.run();
        with.run();

        assertThat(adapterOf(with, 24)).isNotEqualTo(adapterOf(without, 24));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.2})
    void aResumedTrainingHasTheBitsOfAnUndisturbedOne(double dropout) throws IOException {
        TrainingFixture whole = fixture("whole").adapter(dropping(dropout));
        whole.run();
        TrainingFixture first = fixture("first").adapter(dropping(dropout)).stoppingAfter(7);
        assertThat(first.run()).isEqualTo(Trainer.Outcome.STOPPED);
        TrainingFixture second = fixture("second").adapter(dropping(dropout)).resuming(first.checkpoint(7));
        assertThat(second.run()).isEqualTo(Trainer.Outcome.COMPLETED);

        assertThat(second.steps()).hasSize(17);
        assertThat(second.steps().get(0).get(Figure.BETA))
                .isEqualTo(whole.steps().get(7).get(Figure.BETA));
        assertThat(second.steps().get(16).get(Figure.TOKENS))
                .isEqualTo(whole.steps().get(23).get(Figure.TOKENS));
        assertThat(second.steps())
                .extracting(step -> step.get(Figure.TRAIN_LOSS))
                .isEqualTo(whole.steps().subList(7, 24).stream()
                        .map(step -> step.get(Figure.TRAIN_LOSS))
                        .toList());
        assertThat(adapterOf(second, 24)).isEqualTo(adapterOf(whole, 24));
        assertThat(Files.readAllBytes(second.checkpoint(24).resolve("optimizer.safetensors")))
                .isEqualTo(Files.readAllBytes(whole.checkpoint(24).resolve("optimizer.safetensors")));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 8"})
    void aStopWithinAStepGivesTheStepUp(int threads, int stopAt) throws IOException {
        TrainingFixture whole = fixture("whole").rows(manyLongRows()).threads(threads);
        whole.run();
        TrainingFixture first = fixture("first").rows(manyLongRows()).threads(threads);
        AtomicInteger asked = new AtomicInteger();
        // Asked once before the fifth step, then before each layer of each of its four micro-batches, forward and
        // backward.
        first.stoppingWhen(() -> first.steps().size() == 4 && asked.incrementAndGet() > stopAt);
        assertThat(first.run()).isEqualTo(Trainer.Outcome.STOPPED);
        assertThat(first.steps()).hasSize(4);
        TrainingFixture second =
                fixture("second").rows(manyLongRows()).threads(threads).resuming(first.checkpoint(4));
        second.run();

        assertThat(adapterOf(second, 24)).isEqualTo(adapterOf(whole, 24));
    }

    @Test
    void aCheckpointIsSavedBeforeItsStepIsValidated() throws IOException {
        TrainingFixture fixture = fixture("a").savingEvery(10).validating(validationRows(), 10);
        fixture.run();

        assertThat(fixture.events.stream()
                        .filter(event -> !(event instanceof Progress.Step))
                        .map(event -> event.getClass().getSimpleName())
                        .toList())
                .startsWith("Started", "CheckpointSaved", "Interlude", "Validating", "Validation", "Interlude")
                .endsWith("CheckpointSaved", "Interlude", "Validating", "Validation", "Interlude");
        assertThat(fixture.eventsOf(Progress.Interlude.class)).allMatch(interlude -> interlude.seconds() > 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 24})
    void aValidationThatAStopCutShortRunsFirstWhenTrainingGoesOn(int step) throws IOException {
        TrainingFixture whole = fixture("whole").validating(validationRows(), 10);
        whole.run();
        TrainingFixture first = fixture("first").validating(validationRows(), 10);
        first.stoppingWhen(() ->
                first.eventsOf(Progress.Validating.class).stream().anyMatch(validating -> validating.step() == step));
        assertThat(first.run()).isEqualTo(Trainer.Outcome.STOPPED);
        assertThat(first.steps()).hasSize(step);
        assertThat(validationOf(first, step)).isEmpty();

        TrainingFixture second = fixture("second")
                .validating(validationRows(), 10)
                .resuming(first.checkpoint(step))
                .validated(step == 10 ? 0 : 20);
        assertThat(second.run()).isEqualTo(Trainer.Outcome.COMPLETED);
        assertThat(second.events.get(1)).isEqualTo(new Progress.Validating(step, 0, 1));
        assertThat(second.events.get(2)).isEqualTo(validationOf(whole, step).get(0));
        assertThat(second.steps()).hasSize(24 - step);
    }

    @Test
    void aValidationThatWasReportedIsNotRunAgain() throws IOException {
        TrainingFixture first =
                fixture("first").validating(validationRows(), 10).savingEvery(10);
        first.run();
        TrainingFixture second = fixture("second")
                .validating(validationRows(), 10)
                .savingEvery(10)
                .resuming(first.checkpoint(10))
                .validated(10);
        second.run();

        assertThat(second.eventsOf(Progress.Validation.class))
                .extracting(Progress.Validation::step)
                .containsExactly(20, 24);
    }

    @Test
    void aTrainingThatWasDoneIsSavedAgainInItsNewAttempt() throws IOException {
        TrainingFixture whole = fixture("whole");
        whole.run();
        TrainingFixture again = fixture("again").resuming(whole.checkpoint(24));

        assertThat(again.run()).isEqualTo(Trainer.Outcome.COMPLETED);
        assertThat(again.steps()).isEmpty();
        assertThat(adapterOf(again, 24)).isEqualTo(adapterOf(whole, 24));
    }

    @Test
    void everyTrainedTensorChangesWithinTwoSteps() throws IOException {
        TrainingFixture fixture = fixture("a")
                .optimizer(new TrainingSettings.Optimizer(1e-2, "constant", 0, 0, 1, 1))
                .savingEvery(1)
                .stoppingAfter(3);
        fixture.run();

        var before = TensorsOf.file(fixture.checkpoint(1).resolve(CheckpointFolder.ADAPTER));
        var after = TensorsOf.file(fixture.checkpoint(3).resolve(CheckpointFolder.ADAPTER));
        assertThat(after).hasSize(28);
        after.forEach((name, values) -> assertThat(values).as(name).isNotEqualTo(before.get(name)));
    }

    @Test
    void aTrainingBeginsWithTheAdapterThatItIsGivenAndSavesItFirst() throws IOException {
        TrainingFixture earlier = fixture("earlier").adapter(linear());
        earlier.run();
        Path reached = earlier.checkpoint(24).resolve(CheckpointFolder.ADAPTER);
        TrainingFixture next =
                fixture("next").adapter(linear()).beginningWith(reached).stoppingAfter(1);

        next.run();

        assertThat(next.checkpoint(0).resolve(CheckpointFolder.ADAPTER)).hasSameBinaryContentAs(reached);
        assertThat(next.steps().get(0).get(Figure.TRAIN_LOSS))
                .isLessThan(Objects.requireNonNull(earlier.steps().get(0).get(Figure.TRAIN_LOSS)) - 1);
        TrainingFixture resumed =
                fixture("resumed").adapter(linear()).beginningWith(reached).resuming(next.checkpoint(1));
        resumed.run();
        TrainingFixture whole = fixture("whole").adapter(linear()).beginningWith(reached);
        whole.run();
        assertThat(adapterOf(resumed, 24)).isEqualTo(adapterOf(whole, 24));
    }

    private static AdapterSettings linear() {
        AdapterSettings silu = TrainingFixture.settingsOf(GoldenRun.of("silu").config());
        return new AdapterSettings(
                silu.rank(), silu.alpha(), 0, silu.targetModules(), silu.rslora(), "none", silu.schedule());
    }

    @Test
    void loraPlusTrainsBFaster() throws IOException {
        TrainingFixture plain = fixture("plain").stoppingAfter(1).optimizer(rates(1));
        TrainingFixture faster = fixture("faster").stoppingAfter(1).optimizer(rates(16));
        plain.run();
        faster.run();

        String b = "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight";
        float[] slow = TensorsOf.file(plain.checkpoint(1).resolve(CheckpointFolder.ADAPTER))
                .getOrDefault(b, new float[0]);
        float[] fast = TensorsOf.file(faster.checkpoint(1).resolve(CheckpointFolder.ADAPTER))
                .getOrDefault(b, new float[0]);
        // B begins at 0, so one step without decay moves it by the rate itself: 16 times as far.
        assertThat(Math.abs(fast[0] / slow[0])).isBetween(15.9f, 16.1f);
    }

    @Test
    void aLossThatIsNoNumberEndsTheTrainingAndKeepsTheLastCheckpoint() {
        TrainingFixture fixture = fixture("a")
                .optimizer(new TrainingSettings.Optimizer(1e30, "constant", 0, 0, 0, 1))
                .savingEvery(1);

        assertThatThrownBy(fixture::run).isInstanceOfSatisfying(TrainingException.class, e -> {
            assertThat(e.code()).isEqualTo(TrainingException.Code.NON_FINITE_LOSS);
            assertThat(e.step()).isPositive();
            assertThat(e).hasMessageStartingWith("step " + (e.step() + 1) + " gave the loss ");
            assertThat(fixture.checkpoint(e.step())).isDirectory();
        });
    }

    @Test
    void nothingStaysInMemoryFromStepToStep() throws IOException {
        int held = model.scope().held();
        fixture("a").validating(GoldenBatches.inOrder().subList(0, 4), 5).run();

        assertThat(model.scope().held()).isEqualTo(held);
    }

    @Test
    void goingOnInAnotherPrecisionIsSaid() throws IOException {
        TrainingFixture first = fixture("first").stoppingAfter(2);
        first.run();
        try (DecoderModel rounded =
                DecoderModel.load(GoldenTensors.path("models/llama-tied"), ElementType.BFLOAT16, TestDevice.NAME)) {
            TrainingFixture second = new TrainingFixture(rounded, folder.resolve("second"))
                    .resuming(first.checkpoint(2))
                    .stoppingAfter(1);
            second.run();

            assertThat(second.eventsOf(Progress.Warning.class))
                    .extracting(Progress.Warning::message)
                    .containsExactly("the training began in fp32 and goes on in bf16 on this machine:"
                            + " its result is as good, but not the same bits");
            assertThat(second.steps()).hasSize(1);
        }
    }

    @Test
    void resumingWithOtherSettingsIsRefused() throws IOException {
        TrainingFixture first = fixture("first").stoppingAfter(2);
        first.run();

        assertThatThrownBy(() -> fixture("b")
                        .resuming(first.checkpoint(2))
                        .adapter(dropping(0.1))
                        .run())
                .isInstanceOfSatisfying(
                        TrainingException.class,
                        e -> assertThat(e.code()).isEqualTo(TrainingException.Code.CHECKPOINT_MISMATCH))
                .hasMessageContaining("was made with another adapter");
        assertThatThrownBy(() -> fixture("c")
                        .resuming(first.checkpoint(2))
                        .rows(GoldenBatches.inOrder())
                        .run())
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("was made with another training data");
    }

    private static List<EncodedRow> validationRows() {
        return GoldenBatches.inOrder().subList(0, 8);
    }

    private static List<Progress.Validation> validationOf(TrainingFixture fixture, int step) {
        return fixture.eventsOf(Progress.Validation.class).stream()
                .filter(validation -> validation.step() == step)
                .toList();
    }

    private TrainingFixture fixture(String attempt) {
        return new TrainingFixture(model, folder.resolve(attempt));
    }

    private static TrainingSettings.Optimizer rates(double loraPlusRatio) {
        return new TrainingSettings.Optimizer(1e-3, "constant", 0, 0, 0, loraPlusRatio);
    }

    private static AdapterSettings dropping(double dropout) {
        return new AdapterSettings(
                4, 8, dropout, List.of("all-linear"), false, "silu", new AdapterSettings.Schedule("linear", 0, 1));
    }

    /** So long that a step has several micro-batches. */
    private static List<EncodedRow> manyLongRows() {
        return GoldenBatches.ofLength(300);
    }

    private static byte[] adapterOf(TrainingFixture fixture, int step) throws IOException {
        return Files.readAllBytes(fixture.checkpoint(step).resolve(CheckpointFolder.ADAPTER));
    }
}
