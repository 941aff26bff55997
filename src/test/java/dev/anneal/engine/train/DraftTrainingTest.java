package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.format.file.Sha256;
import dev.anneal.engine.network.generate.BatchWidth;
import dev.anneal.engine.network.generate.Decoder;
import dev.anneal.engine.network.generate.Drafting;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.engine.train.state.Target;
import dev.anneal.engine.train.state.TrainingException;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A small model learns to propose its target's tokens: whole or by an adapter, resumed bit by bit, measured as served. */
class DraftTrainingTest {

    private static final int STEPS = 120;
    private static final int VOCABULARY = 97;
    private static final int PROMPT = 5;
    private static final int MANY = 144;
    private static final TrainingSettings.Optimizer FAST = new TrainingSettings.Optimizer(1e-2, "constant", 0, 0, 1, 1);
    private static final AdapterSettings ANNEALED = new AdapterSettings(
            8, 16, 0, List.of("all-linear"), false, "silu", new AdapterSettings.Schedule("linear", 0, 0.8));
    private static final List<EncodedRow> ROWS = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static DecoderModel verifier;

    /** Loaded anew, because a training may change it. */
    @SuppressWarnings("NullAway.Init") // set before each test
    private DecoderModel draft;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @BeforeAll
    static void answer() throws IOException {
        verifier = load("draft3/target");
        Random random = new Random(5);
        List<int[]> prompts = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            prompts.add(random.ints(PROMPT, 0, VOCABULARY).toArray());
        }
        try (IncrementalDecoder incremental = new IncrementalDecoder(verifier)) {
            List<int[]> answers = new Decoder(
                            incremental, verifier.noAdapter(), Set.of(), new BatchWidth(1), Drafting.NONE)
                    .answerGreedily(prompts, 20, () -> {});
            for (int i = 0; i < answers.size(); i++) {
                ROWS.add(row(i + 1, prompts.get(i), answers.get(i)));
            }
        }
    }

    private static EncodedRow row(long line, int[] prompt, int[] answer) {
        int[] ids = Arrays.copyOf(prompt, prompt.length + answer.length);
        System.arraycopy(answer, 0, ids, prompt.length, answer.length);
        int[] labels = ids.clone();
        Arrays.fill(labels, 0, prompt.length, EncodedRow.NOT_TRAINED);
        return new EncodedRow(line, ids, labels, false);
    }

    private static DecoderModel load(String name) throws IOException {
        return DecoderModel.load(GoldenTensors.path(name), ElementType.FLOAT32, TestDevice.NAME);
    }

    @BeforeEach
    void load() throws IOException {
        draft = load("draft3/distil/student");
    }

    @AfterAll
    static void close() {
        verifier.close();
    }

    private TrainingFixture training(String name, String loss, @Nullable AdapterSettings adapter) {
        return training(name, loss, adapter, null);
    }

    private TrainingFixture training(
            String name,
            String loss,
            @Nullable AdapterSettings adapter,
            TrainingMethod.@Nullable Regeneration regeneration) {
        return new TrainingFixture(draft, folder.resolve(name))
                .drafting(
                        new TrainingMethod.SpeculativeDraft(
                                "target",
                                "model",
                                loss,
                                3,
                                new TrainingMethod.AcceptanceEvaluation(8, 20),
                                regeneration,
                                null,
                                0),
                        new Target(verifier, verifier.noAdapter(), "target"),
                        Set.of(),
                        ROWS.size())
                .rows(ROWS)
                .validating(ROWS, STEPS / 2)
                .adapter(adapter)
                .optimizer(FAST)
                .lasting(STEPS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kl_div", "rkl", "tv"})
    void allWeightsLearnTheTargetsTokens(String loss) throws IOException {
        TrainingFixture training = training("full", loss, null);

        assertThat(training.run()).isEqualTo(Trainer.Outcome.COMPLETED);

        requireLearned(training);
    }

    @Test
    void anAnnealedAdapterLearnsTheTargetsTokens() throws IOException {
        TrainingFixture training = training("afa", "kl_div", ANNEALED);

        assertThat(training.run()).isEqualTo(Trainer.Outcome.COMPLETED);

        requireLearned(training);
        assertThat(training.steps().get(0).get(Figure.BETA)).isEqualTo(1);
        assertThat(training.eventsOf(Progress.CheckpointSaved.class))
                .last()
                .extracting(Progress.CheckpointSaved::beta)
                .isEqualTo(0.0);
    }

    @ParameterizedTest
    @CsvSource({"eagle3, full", "eagle3, afa", "eagle1, full", "eagle1, afa"})
    void aHeadLearnsTheTargetsTokens(String kind, String arm) throws IOException {
        TrainingFixture training = head("head", kind, arm.equals("full") ? null : ANNEALED);

        assertThat(training.run()).isEqualTo(Trainer.Outcome.COMPLETED);

        requireLearned(training);
    }

    private TrainingFixture head(String name, String kind, @Nullable AdapterSettings adapter) {
        TrainingMethod.EagleHead shape = kind.equals("eagle1")
                ? null
                : new TrainingMethod.EagleHead(List.of(1, 2, 3), 61, 3, 1, true, true, false, true);
        return new TrainingFixture(verifier, folder.resolve(name))
                .drafting(
                        new TrainingMethod.SpeculativeDraft(
                                "target",
                                kind,
                                "kl_div",
                                3,
                                new TrainingMethod.AcceptanceEvaluation(8, 20),
                                null,
                                shape,
                                0),
                        new Target(verifier, verifier.noAdapter(), "target"),
                        Set.of(),
                        ROWS.size())
                .rows(ROWS)
                .validating(ROWS, STEPS / 2)
                .adapter(adapter)
                .optimizer(FAST)
                .lasting(STEPS);
    }

    @ParameterizedTest
    @CsvSource({"eagle3, full", "eagle3, afa", "eagle1, afa"})
    void aResumedHeadEndsWithTheSameBits(String kind, String arm) throws IOException {
        @Nullable AdapterSettings adapter = arm.equals("full") ? null : ANNEALED;
        head("whole", kind, adapter).lasting(40).run();
        assertThat(head("stopped", kind, adapter).lasting(40).stoppingAfter(20).run())
                .isEqualTo(Trainer.Outcome.STOPPED);

        head("resumed", kind, adapter)
                .lasting(40)
                .threads(2)
                .resuming(folder.resolve("stopped").resolve("checkpoint-20"))
                .run();

        for (String file : adapter == null
                ? List.of(CheckpointFolder.WEIGHTS)
                : List.of(CheckpointFolder.WEIGHTS, CheckpointFolder.ADAPTER)) {
            assertThat(hash("resumed", 40, file)).as(file).isEqualTo(hash("whole", 40, file));
        }
    }

    /** A head that is trained further begins where the earlier one ended: with its weights and with its adapter. */
    @Test
    void aHeadIsTrainedFurther() throws IOException {
        TrainingFixture first = head("first", "eagle3", ANNEALED);
        first.run();
        Path checkpoint = folder.resolve("first").resolve("checkpoint-" + STEPS);
        AdapterSettings linear = new AdapterSettings(
                8, 16, 0, List.of("all-linear"), false, "none", new AdapterSettings.Schedule("linear", 0, 0.8));

        TrainingFixture further =
                head("further", "eagle3", linear).beginningWith(checkpoint.resolve(CheckpointFolder.ADAPTER));
        further.run();

        Progress.Validation ended = first.eventsOf(Progress.Validation.class).get(2);
        Progress.Validation begun = further.eventsOf(Progress.Validation.class).get(0);
        assertThat(begun.loss()).isEqualTo(ended.loss());
        assertThat(begun.metrics()).isEqualTo(ended.metrics());
    }

    private static void requireLearned(TrainingFixture training) {
        Progress.Step first = training.steps().get(0);
        Progress.Step last = training.steps().get(STEPS - 1);
        assertThat(Objects.requireNonNull(last.get(Figure.TRAIN_LOSS)))
                .isLessThan(Objects.requireNonNull(first.get(Figure.TRAIN_LOSS)) * 0.9);
        for (String metric : List.of("acceptance/1", "overlap/1")) {
            assertThat(last.ofMethod().get(metric))
                    .as(metric)
                    .isGreaterThan(first.ofMethod().get(metric));
        }
        assertThat(last.ofMethod().get("acceptance/1")).isEqualTo(last.get(Figure.TRAIN_MEAN_TOKEN_ACCURACY));
        List<Progress.Validation> validations = training.eventsOf(Progress.Validation.class);
        assertThat(validations).extracting(Progress.Validation::step).containsExactly(0, STEPS / 2, STEPS);
        Map<String, Double> end = validations.get(2).metrics();
        double tau = Objects.requireNonNull(end.get("acceptance_length/greedy"));
        assertThat(tau).isGreaterThan(validations.get(0).metrics().get("acceptance_length/greedy"));
        // The texts are the target's own, so that chains that are right on them are accepted.
        assertThat(tau).isBetween(1 + Objects.requireNonNull(last.ofMethod().get("acceptance/1")) / 2, 4.0);
        assertThat(end.get("draft_acceptance_rate/greedy")).isBetween((tau - 1) / 3, 1.0);
        assertThat(end.get("acceptance_length/sampled")).isBetween(1.0, 4.0);
    }

    /** Interrupted, resumed, and with another number of threads: the same checkpoint. */
    @Test
    void aResumedTrainingEndsWithTheSameBits() throws IOException {
        training("whole", "kl_div", ANNEALED).run();
        String stopped = "stopped";
        assertThat(training(stopped, "kl_div", ANNEALED).stoppingAfter(20).run())
                .isEqualTo(Trainer.Outcome.STOPPED);

        training("resumed", "kl_div", ANNEALED)
                .threads(2)
                .resuming(folder.resolve(stopped).resolve("checkpoint-20"))
                .run();

        assertThat(hash("resumed", CheckpointFolder.ADAPTER)).isEqualTo(hash("whole", CheckpointFolder.ADAPTER));
    }

    /** Rows with other answers are trained as if they had the target's, which a stopped training keeps. */
    @Test
    void theTargetWritesAnswersItself() throws IOException {
        training("own", "kl_div", ANNEALED).run();
        List<EncodedRow> others = ROWS.stream()
                .map(row -> row.withLastAnswer(new int[] {1, 2, 3}, false))
                .toList();

        assertThat(rewriting("early", others).stoppingWhen(() -> true).run()).isEqualTo(Trainer.Outcome.STOPPED);
        assertThat(rewriting("stopped", others)
                        .resuming(folder.resolve("early").resolve("checkpoint-0"))
                        .stoppingAfter(3)
                        .run())
                .isEqualTo(Trainer.Outcome.STOPPED);
        TrainingFixture resumed = rewriting("regenerated", others)
                .resuming(folder.resolve("stopped").resolve("checkpoint-3"));
        resumed.run();

        assertThat(resumed.eventsOf(Progress.Note.class)).isEmpty();
        assertThat(hash("regenerated", CheckpointFolder.ADAPTER)).isEqualTo(hash("own", CheckpointFolder.ADAPTER));
    }

    /** The target replaces the answers of rows by its greedy ones. */
    private TrainingFixture rewriting(String name, List<EncodedRow> rows) {
        return training(name, "kl_div", ANNEALED, new TrainingMethod.Regeneration(0, 20))
                .rows(rows)
                .validating(rows, STEPS / 2);
    }

    /** A training that was killed while the target wrote resumes from the answers it had kept, to the same bits. */
    @Test
    void answersAreKeptWhileTheTargetWritesThem() throws IOException {
        TrainingFixture whole = answering("whole");
        whole.run();
        assertThat(whole.eventsOf(Progress.AnswersSaved.class))
                .extracting(Progress.AnswersSaved::count)
                .containsExactly(64, 128, MANY);
        Path kept = folder.resolve("whole").resolve("answers-64");

        TrainingFixture resumed = answering("resumed").withAnswers(kept);
        resumed.run();

        assertThat(resumed.eventsOf(Progress.Note.class))
                .extracting(Progress.Note::message)
                .containsExactly("The target writes 80 of 144 answers, at temperature 1.0");
        assertThat(hash("resumed", 2, CheckpointFolder.ADAPTER)).isEqualTo(hash("whole", 2, CheckpointFolder.ADAPTER));
    }

    @Test
    void damagedAnswersAreWrittenAgain() throws IOException {
        TrainingFixture whole = answering("whole");
        whole.run();
        Path kept = folder.resolve("whole").resolve("answers-128");
        Path file = kept.resolve("target-answers.json");
        Files.writeString(file, Files.readString(file).replaceFirst("\\d", "0"));

        TrainingFixture resumed = answering("resumed").withAnswers(kept);
        resumed.run();

        assertThat(resumed.eventsOf(Progress.Warning.class))
                .singleElement()
                .extracting(Progress.Warning::message)
                .asString()
                .isEqualTo("the target's answers are damaged and are written again");
        assertThat(resumed.eventsOf(Progress.AnswersSaved.class)).hasSize(3);
        assertThat(hash("resumed", 2, CheckpointFolder.ADAPTER)).isEqualTo(hash("whole", 2, CheckpointFolder.ADAPTER));
    }

    /** A stop in the middle keeps what was written, also beside the checkpoint that the training begins with. */
    @Test
    void aStopKeepsAnswersToo() throws IOException {
        TrainingFixture stopped = answering("stopped");
        stopped.stoppingWhen(
                () -> !stopped.eventsOf(Progress.AnswersSaved.class).isEmpty());
        assertThat(stopped.run()).isEqualTo(Trainer.Outcome.STOPPED);

        TrainingFixture resumed = answering("resumed")
                .resuming(folder.resolve("stopped").resolve("checkpoint-0"))
                .withAnswers(folder.resolve("stopped").resolve("answers-64"));
        resumed.run();
        answering("whole").run();

        assertThat(resumed.eventsOf(Progress.AnswersSaved.class))
                .extracting(Progress.AnswersSaved::count)
                .containsExactly(128, MANY);
        assertThat(hash("resumed", 2, CheckpointFolder.ADAPTER)).isEqualTo(hash("whole", 2, CheckpointFolder.ADAPTER));
    }

    @Test
    void answersToOtherPromptsAreRefused() throws IOException {
        answering("whole").run();
        List<EncodedRow> others = many().subList(0, 100);

        assertThatThrownBy(() -> answering("others")
                        .rows(others)
                        .withAnswers(folder.resolve("whole").resolve("answers-64"))
                        .run())
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("answers-64 was made with another training data");
    }

    /** Two steps on so many answers that they are written in several parts. */
    private TrainingFixture answering(String name) {
        return training(name, "kl_div", ANNEALED, new TrainingMethod.Regeneration(1, 6))
                .rows(many())
                .validating(List.of(), 0)
                .lasting(2);
    }

    private static List<EncodedRow> many() {
        List<EncodedRow> many = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            EncodedRow row = ROWS.get(i % ROWS.size());
            many.add(new EncodedRow(i + 1, row.ids(), row.labels(), false));
        }
        return many;
    }

    private String hash(String name, String file) throws IOException {
        return hash(name, STEPS, file);
    }

    private String hash(String name, int step, String file) throws IOException {
        return Sha256.of(folder.resolve(name).resolve("checkpoint-" + step).resolve(file));
    }
}
