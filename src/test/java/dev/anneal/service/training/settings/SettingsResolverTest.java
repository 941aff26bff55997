package dev.anneal.service.training.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.network.architecture.LayerWidths;
import dev.anneal.engine.text.data.CommonBeginnings;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.training.settings.ModelProfile.LayerSize;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** The numbers of docs/training-settings.md. */
class SettingsResolverTest {

    private static final JsonMapper JSON = new JsonMapper();

    static final ModelProfile TINY = new ModelProfile(
            "anneal-tiny",
            2_656_704,
            6,
            192,
            3,
            1536,
            1024,
            ModelProfile.BaseRates.ofModel(4e-3),
            Map.of(
                    "q_proj", new LayerSize(192, 192),
                    "k_proj", new LayerSize(192, 64),
                    "v_proj", new LayerSize(192, 64),
                    "o_proj", new LayerSize(192, 192),
                    "gate_proj", new LayerSize(192, 512),
                    "up_proj", new LayerSize(192, 512),
                    "down_proj", new LayerSize(512, 192)),
            null,
            false,
            1,
            true,
            new LayerWidths(192, 320, 192, 512, false));

    static final EngineSetup FP32 = new EngineSetup("cpu", "fp32", false, 2);

    /** Values that a layer keeps of a token, with rank 16. */
    private static final long KEPT = 2 * 192 + 192 + 64 + 64 + 192 + 512 + 512 + 16 * 7 + 4;

    private static final long PASSING = 11 * 512 + 12 * 192 + 4 * 320;

    static final DatasetSize THOUSAND_ROWS = new DatasetSize(1000, 60, 50_000, 20_000, 80, 0, CommonBeginnings.NONE);

    /** Each rollout has several updates, and every prompt is answered once in an epoch all the same. */
    @Test
    void epochsCountRolloutsAndNotTheirUpdates() {
        ResolvedSettings settings = resolve(
                ", 'method': {'type': 'reinforcement', 'reinforcement': {'grader': {'type': 'string_check', 'name': 'n', 'input': '{{sample.output_text}}', 'reference': '{{item.a}}', 'operation': 'eq'}, 'hyperparameters': {'n_epochs': 2}}}, 'anneal': {'rollouts': {'updates': 4, 'max_completion_tokens': 1000000}}",
                THOUSAND_ROWS);

        assertThat(settings.training().totalSteps()).isEqualTo(2 * 125 * 4);
        assertThat(settings.hyperparameters().epochs()).isEqualTo(2);
        assertThat(settings.expectedTokens())
                .as("8 completions of half a context behind 50 tokens, each read by 4 updates in 2 epochs")
                .isEqualTo(2L * 4 * 8 * (50_000 + 1000 * 512));
    }

    @Test
    void autoBecomesTheDocumentedNumbers() {
        ResolvedSettings settings = resolve(", 'seed': 7", THOUSAND_ROWS);

        assertThat(settings.hyperparameters()).isEqualTo(new Hyperparameters(8, 1.0, 3));
        assertThat(settings.training())
                .isEqualTo(new TrainingSettings(
                        new TrainingMethod.Supervised(),
                        3,
                        8,
                        375,
                        1024,
                        false,
                        "auto",
                        new TrainingSettings.Optimizer(4e-3, "linear", 12, 0, 1, 1),
                        38,
                        0,
                        7,
                        TrainingSettings.SAME_DEVICES,
                        TrainingSettings.AUTO,
                        TrainingSettings.WHOLE));
        assertThat(settings.annealedAtStep()).isEqualTo(300);
        assertThat(settings.expectedTokens()).isEqualTo(150_000);
    }

    @Test
    void smallFilesAreReadMoreOften() {
        assertThat(resolve("", new DatasetSize(100, 1, 1, 1, 1, 0, CommonBeginnings.NONE))
                        .training()
                        .epochs())
                .isEqualTo(8);
        assertThat(resolve("", new DatasetSize(10, 1, 1, 1, 1, 0, CommonBeginnings.NONE))
                        .training()
                        .epochs())
                .isEqualTo(10);
    }

    @Test
    void batchIsNotLargerThanTheFile() {
        assertThat(resolve("", new DatasetSize(5, 1, 1, 1, 1, 0, CommonBeginnings.NONE))
                        .training()
                        .batchRows())
                .isEqualTo(5);
    }

    @Test
    void aBatchOfAPackedFileCountsSequences() {
        TrainingSettings packed =
                resolve(", 'anneal': {'packing': true}", THOUSAND_ROWS).training();

        assertThat(packed.packing()).isTrue();
        assertThat(packed.batchRows()).isEqualTo(8);
        // 60 sequences are 8 steps, read ten times.
        assertThat(packed.totalSteps()).isEqualTo(80);
        assertThat(resolve(", 'anneal': {'packing': true, 'adapter': 'lora'}", THOUSAND_ROWS)
                        .memory())
                .isEqualTo(MemoryEstimate.of(
                        TINY, adapter(), FP32, new MemoryEstimate.Rows(1000, 8 * 1024, 80, 50_000, false, 0)));
    }

    @Test
    void maxStepsDecidesOverEpochs() {
        ResolvedSettings settings =
                resolve(", 'hyperparameters': {'n_epochs': 1}, 'anneal': {'max_steps': 200}", THOUSAND_ROWS);

        assertThat(settings.training().totalSteps()).isEqualTo(200);
        assertThat(settings.hyperparameters().epochs()).isEqualTo(2);
        assertThat(settings.annealedAtStep()).isEqualTo(160);
        assertThat(settings.expectedTokens()).isEqualTo(80_000);
    }

    @Test
    void accumulationMakesStepsLarger() {
        ResolvedSettings settings = resolve(
                ", 'hyperparameters': {'n_epochs': 1, 'batch_size': 4}, 'anneal': {'gradient_accumulation': 8}",
                THOUSAND_ROWS);

        assertThat(settings.training().batchRows()).isEqualTo(32);
        assertThat(settings.training().totalSteps()).isEqualTo(32);
        assertThat(settings.hyperparameters().batchSize()).isEqualTo(4);
    }

    @Test
    void pairIsARowOfTwoConversations() {
        ResolvedSettings settings =
                resolve(", 'method': {'type': 'dpo'}, 'anneal': {'adapter': 'lora'}", THOUSAND_ROWS);

        assertThat(settings.training().batchRows()).isEqualTo(8);
        assertThat(settings.training().totalSteps()).isEqualTo(375);
        assertThat(settings.training().optimizer().learningRate()).isEqualTo(2e-4);
        assertThat(settings.hyperparameters().learningRateMultiplier()).isEqualTo(1);
        assertThat(settings.memory())
                .isEqualTo(MemoryEstimate.of(
                        TINY, adapter(), FP32, new MemoryEstimate.Rows(8, 1280, 160, 50_000, false, 0)));
        assertThat(settings.cost().operations())
                .as("the reference reads the file as well, the attention of a half as long row is less")
                .isBetween(
                        1.0 * resolve("", THOUSAND_ROWS).cost().operations(),
                        1.2 * resolve("", THOUSAND_ROWS).cost().operations());
    }

    // #17
    @ParameterizedTest
    @CsvSource({"1, 0", "2, 1", "3, 1", "10, 1", "34, 2", "100, 3"})
    void theWarmUpLeavesTheLastStep(int steps, int warmup) {
        assertThat(resolve(", 'anneal': {'max_steps': " + steps + "}", THOUSAND_ROWS)
                        .training()
                        .optimizer()
                        .warmupSteps())
                .isEqualTo(warmup);
        assertThat(resolve(", 'anneal': {'warmup_ratio': 0.999, 'max_steps': " + steps + "}", THOUSAND_ROWS)
                        .training()
                        .optimizer()
                        .warmupSteps())
                .isEqualTo(steps - 1);
    }

    // #17
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'hyperparameters': {'learning_rate_multiplier': 1e9} | method.supervised.hyperparameters.learning_rate_multiplier | 'learning_rate_multiplier' is 1E+9, which times the base rate 0.004 of 'anneal-tiny' is a learning rate of 4000000; it must be from 1e-12 to 1, so give a multiplier from 2.5E-10 to 250",
                "'hyperparameters': {'learning_rate_multiplier': 251} | method.supervised.hyperparameters.learning_rate_multiplier | to 250",
                "'hyperparameters': {'learning_rate_multiplier': 1e-300} | method.supervised.hyperparameters.learning_rate_multiplier | is a learning rate of 4E-303",
                "'anneal': {'adapter': 'none'}, 'hyperparameters': {'learning_rate_multiplier': 2501} | method.supervised.hyperparameters.learning_rate_multiplier | base rate 0.0004",
                "'method': {'type': 'dpo', 'dpo': {'hyperparameters': {'learning_rate_multiplier': 5001}}} | method.dpo.hyperparameters.learning_rate_multiplier | to 5000",
                "'anneal': {'lora_plus_ratio': 64, 'learning_rate': 0.02} | anneal.lora_plus_ratio | 'anneal.lora_plus_ratio' is 64, with which B's learning rate is 1.28; it must be at most 1, so at the learning rate 0.02 give a ratio of at most 50",
            })
    void aRateThatDestroysOrTrainsNothingIsRefused(String keys, String param, String message) {
        assertThatThrownBy(() -> LearningRates.check(read(", " + keys), TINY))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.parameter()).isEqualTo(param))
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'hyperparameters': {'learning_rate_multiplier': 250}",
                "'method': {'type': 'dpo', 'dpo': {'hyperparameters': {'learning_rate_multiplier': 5000}}}",
                "'anneal': {'learning_rate': 1}",
                "'anneal': {'learning_rate': 1e-12}",
                "'anneal': {'learning_rate': 0.01, 'lora_plus_ratio': 100}"
            })
    void theBoundsThemselvesAreRates(String keys) {
        assertThatCode(() -> LearningRates.check(read(", " + keys), TINY)).doesNotThrowAnyException();
    }

    @Test
    void absoluteLearningRateShowsAsMultiplier() {
        ResolvedSettings settings = resolve(", 'anneal': {'learning_rate': 0.002}", THOUSAND_ROWS);

        assertThat(settings.training().optimizer().learningRate()).isEqualTo(0.002);
        assertThat(settings.hyperparameters().learningRateMultiplier()).isEqualTo(0.5);
    }

    @Test
    void validationFileIsReadTenTimes() {
        assertThat(resolve(", 'validation_file': 'file-2'", THOUSAND_ROWS)
                        .training()
                        .evaluationIntervalSteps())
                .isEqualTo(38);
    }

    @ParameterizedTest
    @CsvSource({"linear,0,0.8,10,8", "linear,0.3,1.0,10,10", "cosine,0,0.3,10,3", "step,0,0,10,0", "linear,0,0.7,10,7"})
    void betaIsZeroFromTheFirstStepAtTheEndShare(String shape, double start, double end, int steps, int annealedAt) {
        String schedule = "{'shape': '%s', 'start': %s, 'end': %s}".formatted(shape, start, end);
        JobRequest request = read(", 'afa_lora': {'schedule': " + schedule + "}");

        assertThat(SettingsResolver.annealedAtStep(request.adapter(), steps)).isEqualTo(annealedAt);
    }

    @Test
    void plainLoraIsAnnealedFromTheStart() {
        assertThat(resolve(", 'afa_lora': {'activation': 'none'}", THOUSAND_ROWS)
                        .annealedAtStep())
                .isZero();
    }

    @Test
    void adapterMustFitTheModel() {
        assertThatThrownBy(() -> TINY.check(read(", 'afa_lora': {'rank': 65}"), 1))
                .hasMessage(
                        "'afa_lora.rank' is 65 but 'k_proj' of 'anneal-tiny' is 192 x 64; use a rank from 1 to 64, or leave"
                                + " that layer out of 'afa_lora.target_modules'");
        assertThatThrownBy(() -> TINY.check(read(", 'afa_lora': {'target_modules': ['lm_head']}"), 1))
                .hasMessageContaining("names 'lm_head', which 'anneal-tiny' does not have")
                .hasMessageContaining("down_proj, gate_proj, k_proj");
        assertThatThrownBy(() -> TINY.checkLength(
                        read(", 'anneal': {'max_length': 1025}").options()))
                .hasMessageContaining("is 1025 but the context of 'anneal-tiny' ends at 1024 tokens");
        TINY.check(read(", 'afa_lora': {'rank': 192, 'target_modules': 'q_proj'}"), 1);
    }

    @Test
    void allWeightsTakeATenthOfTheRateAndMemoryForEach() {
        ResolvedSettings full = resolve(", 'anneal': {'adapter': 'none'}", THOUSAND_ROWS);
        EngineSetup bf16 = new EngineSetup("cpu", "bf16", false, 2);

        assertThat(full.training().optimizer().learningRate()).isEqualTo(4e-4);
        assertThat(full.hyperparameters().learningRateMultiplier()).isEqualTo(1);
        assertThat(full.annealedAtStep()).isZero();
        assertThat(full.memory().adapterBytes()).isEqualTo(4 * (5 * 2_656_704L + 2 * 1536 * 192));
        assertThat(MemoryEstimate.of(TINY, null, bf16, MemoryEstimate.Rows.kept(8, 100))
                        .adapterBytes())
                .isEqualTo(4 * (6 * 2_656_704L + 2 * 1536 * 192));
    }

    @Test
    void aModelTooLargeToTrainAllItsWeightsIsRefusedWithBothNumbers() {
        JobRequest request = read(", 'anneal': {'adapter': 'none'}");

        TINY.check(request, 2_656_704);
        assertThatThrownBy(() -> TINY.check(request, 2_656_703))
                .hasMessageContaining("trains all 2,656,704 weights of 'anneal-tiny'")
                .hasMessageContaining("at most 2,656,703 (anneal.jobs.full-training-max-parameters)");
    }

    /** docs/training-settings.md, with all projections, rank 16, two threads in fp32, 800 tokens in 4 micro-batches. */
    @Test
    void memoryFollowsTheFormula() {
        MemoryEstimate estimate =
                MemoryEstimate.of(TINY, adapter(), FP32, new MemoryEstimate.Rows(8, 800, 100, 50_000, false, 0));

        long pairs = 16L * 6 * (384 + 256 + 256 + 384 + 704 + 704 + 704);
        long a = 16L * 6 * (6 * 192 + 512);
        long blocks = 16L * 6 * (320 * 3 + 192 + 1024 * 2 + 192);
        assertThat(estimate.processBytes()).isEqualTo((240L << 20) + 8 * 50_000);
        assertThat(estimate.weightsBytes()).isEqualTo(4 * 2_656_704 + 2 * 1536 * 192);
        assertThat(estimate.adapterBytes()).isEqualTo(4 * 7 * pairs + 4 * (a + blocks));
        assertThat(estimate.activationsBytes())
                .isEqualTo(withLoss(2L * 256 * (4 * 6 * KEPT + 4 * PASSING) + 2 * 4L * 4 * 3 * 100 * 100));
        assertThat(estimate.headBytes()).isEqualTo(2L * (4 * 256 + 4 * 16) * 1536);
        assertThat(estimate.loadingBytes()).isEqualTo(estimate.processBytes() + (40L << 20) + 6 * 2_656_704);
        assertThat(estimate.totalBytes())
                .isEqualTo(estimate.processBytes()
                        + estimate.weightsBytes()
                        + estimate.adapterBytes()
                        + estimate.activationsBytes()
                        + estimate.headBytes());
    }

    /**
     * 24 completions of 64 tokens behind 80 in three lanes of 8, of which two are at work; a validation of 300 prompts
     * has eight lanes of 16.
     */
    @Test
    void completionsTakeMemoryWhileTheyAreSampled() {
        String request =
                ", 'method': {'type': 'reinforcement', 'reinforcement': {'grader': {'type': 'string_check', 'name': 'n', 'input': '{{sample.output_text}}', 'reference': '{{item.a}}', 'operation': 'eq'}, 'hyperparameters': {'batch_size': 3}}}, 'anneal': {'adapter': 'lora', 'rollouts': {'max_completion_tokens': 64}}";
        long sequence = 2 * 2L * 6 * 64 * 4 * 192 + 24 * 1536;

        assertThat(resolve(request, THOUSAND_ROWS).memory().samplingBytes()).isEqualTo(withLoss(2 * 8 * sequence));
        assertThat(resolve(request, new DatasetSize(1000, 60, 50_000, 20_000, 80, 300, CommonBeginnings.NONE))
                        .memory()
                        .samplingBytes())
                .isEqualTo(withLoss(2 * 16 * sequence));
        assertThat(resolve("", THOUSAND_ROWS).memory().samplingBytes()).isZero();
    }

    @Test
    void aSmallStepHoldsNoMoreThanItsRows() {
        MemoryEstimate estimate = MemoryEstimate.of(TINY, adapter(), FP32, MemoryEstimate.Rows.kept(1, 100));

        assertThat(estimate.activationsBytes())
                .isEqualTo(withLoss(100L * (4 * 6 * KEPT + 4 * PASSING) + 4L * 4 * 3 * 100 * 100));
        assertThat(estimate.headBytes()).isEqualTo((4 * 256 + 4 * 16) * 1536);
    }

    @Test
    void ofARecomputedLayerOnlyTheInputIsKeptAndNothingIsLostBetween() {
        MemoryEstimate estimate =
                MemoryEstimate.of(TINY, adapter(), FP32, new MemoryEstimate.Rows(1, 100, 100, 0, true, 0));

        assertThat(estimate.activationsBytes())
                .isEqualTo(100L * (4 * (6 * 192 + KEPT) + 4 * PASSING) + 4L * 4 * 3 * 100 * 100);
        assertThat(resolve(", 'anneal': {'adapter': 'lora', 'activation_checkpointing': 'on'}", THOUSAND_ROWS)
                        .memory())
                .isEqualTo(
                        MemoryEstimate.of(TINY, adapter(), FP32, new MemoryEstimate.Rows(8, 640, 80, 50_000, true, 0)));
    }

    @Test
    void bf16HalvesWeightsAndWhatIsKept() {
        EngineSetup bf16 = new EngineSetup("cpu", "bf16", false, 2);

        MemoryEstimate estimate = MemoryEstimate.of(TINY, adapter(), bf16, MemoryEstimate.Rows.kept(1, 100));

        assertThat(estimate.weightsBytes()).isEqualTo(2 * 2_656_704);
        assertThat(estimate.activationsBytes())
                .isEqualTo(withLoss(100L * (2 * 6 * KEPT + 4 * PASSING) + 4L * 2 * 3 * 100 * 100));
    }

    @Test
    void autoIsResolvedAsTheEngineDoes() {
        EngineSetup fast = new EngineSetup("cpu", "auto", true, 2);
        int wide = 512;

        assertThat(fast.valueBytes(wide)).isEqualTo(2);
        assertThat(fast.valueBytes(TINY.hiddenSize())).isEqualTo(4);
        assertThat(new EngineSetup("cpu", "auto", false, 2).valueBytes(wide)).isEqualTo(4);
    }

    /** An ordinary LoRA. */
    private static @Nullable AdapterSettings adapter() {
        return read(", 'anneal': {'adapter': 'lora'}").adapter();
    }

    private static long withLoss(long tensors) {
        return tensors + tensors / 5;
    }

    static ResolvedSettings resolve(String moreKeys, DatasetSize data) {
        return SettingsResolver.resolve(read(moreKeys), new ModelProfiles(TINY, null, null), data, FP32, null);
    }

    static JobRequest read(String moreKeys) {
        String json = ("{'model': 'anneal-tiny', 'training_file': 'file-1'" + moreKeys + "}").replace('\'', '"');
        return JobRequest.read(JsonBody.of(JSON.readTree(json)).object()).fitting(TINY);
    }
}
