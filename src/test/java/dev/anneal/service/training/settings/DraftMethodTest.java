package dev.anneal.service.training.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.text.data.CommonBeginnings;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.TrainingMethod.AcceptanceEvaluation;
import dev.anneal.protocol.TrainingMethod.EagleHead;
import dev.anneal.protocol.TrainingMethod.Regeneration;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.request.StrictObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What a job for a draft may ask for, and what becomes of what it leaves open. */
class DraftMethodTest {

    private static final String MODEL = "'kind': 'model', 'draft_model': 'small'";

    private static final DraftMethod METHOD = new DraftMethod();

    private static final ModelProfile BIG = big(32, 1024);
    private static final DatasetSize DATA = new DatasetSize(100, 40, 10_000, 4_000, 200, 50, CommonBeginnings.NONE);
    private static final EngineSetup FP32 = new EngineSetup("cpu", "fp32", false, 2);

    private static ModelProfile big(int layers, int contextTokens) {
        return new ModelProfile(
                "big",
                1_000_000,
                layers,
                64,
                4,
                50_000,
                contextTokens,
                ModelProfile.BaseRates.ofModel(1e-3),
                Map.copyOf(SettingsResolverTest.TINY.projections()),
                null,
                false,
                1,
                true,
                SettingsResolverTest.TINY.widths());
    }

    @Test
    void whatIsLeftOpenHasDefaults() {
        JobRequest request = request(MODEL, "");

        assertThat(request.method())
                .isEqualTo(new SpeculativeDraft(
                        "big", "model", "kl_div", 4, new AcceptanceEvaluation(16, 64), null, null, 0));
        assertThat(request.model()).isEqualTo("small");
        assertThat(request.namedModel()).isEqualTo("big");
        assertThat(request.initialAdapter()).isNull();
        assertThat(request.hyperparameters()).isEqualTo(new Hyperparameters(null, null, null));
    }

    @Test
    void everyKeyIsRead() {
        MethodRules.Read read = read(
                "'kind': 'eagle3', 'draft_model': 'ft:big:a::1', 'loss': 'tv', 'num_speculative_tokens': 7, 'evaluation': {'prompts': 3, 'max_tokens': 9},"
                        + " 'regenerate': {'temperature': 0, 'max_tokens': 100}, 'hyperparameters': {'batch_size': 2},"
                        + " 'hidden_state_cache_bytes': 1000000000000,"
                        + " 'head': {'layer_ids': [1, 2], 'draft_vocab_size': 99, 'ttt_steps': 7, 'ttt_step_loss_decay': 0.8,"
                        + " 'norm_before_residual': false, 'norm_before_fc': false, 'fc_norm': true, 'norm_output': false}",
                "");

        assertThat(read.method())
                .isEqualTo(new SpeculativeDraft(
                        "big",
                        "eagle3",
                        "tv",
                        7,
                        new AcceptanceEvaluation(3, 9),
                        new Regeneration(0, 100),
                        new EagleHead(List.of(1, 2), 99, 7, 0.8, false, false, true, false),
                        1_000_000_000_000L));
        assertThat(read.draft())
                .isEqualTo(new MethodRules.Draft(
                        "big", "ft:big:a::1", new HeadRequest(List.of(1, 2), 99, false, false, true, false)));
        assertThat(read.hyperparameters().batchSize()).isEqualTo(2);
    }

    @Test
    void aTunedDraftIsTrainedFurther() {
        JobRequest request = request("'kind': 'model', 'draft_model': 'ft:small:a::1'", "");

        assertThat(Objects.requireNonNull(request.initialAdapter()).id()).isEqualTo("ft:small:a::1");
        assertThat(request.initialAdapterParam()).isEqualTo("method.speculative_draft.draft_model");
    }

    @Test
    void aHeadThatIsTrainedFurtherKeepsItsShape() {
        JobRequest first = request(
                "'kind': 'eagle3', 'head': {'layer_ids': [1, 2], 'draft_vocab_size': 99, 'fc_norm': true, 'norm_output': false}",
                "");
        JobRequest further = request(
                "'kind': 'eagle3', 'draft_model': 'ft:big:a::1', 'head': {'ttt_steps': 7, 'fc_norm': true}", "");

        JobRequest settled = further.beginningWith(first.adapter(), first.method());

        assertThat(((SpeculativeDraft) settled.method()).head())
                .isEqualTo(new EagleHead(List.of(1, 2), 99, 7, 1, true, false, true, false));
    }

    @Test
    void allWeightsMayBeTrainedAndRowsPacked() {
        JobRequest request = request(MODEL, "'adapter': 'none', 'packing': true");

        assertThat(request.adapter()).isNull();
        assertThat(request.options().packing()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'draft_model': 'small' | missing_parameter | kind | is required",
                "'kind': 'medusa' | invalid_value | kind | must be one of model, eagle3, eagle1, but is \"medusa\"",
                "'kind': 'model' | missing_parameter | draft_model | name a small base model with the target's tokenizer",
                "'kind': 'eagle3', 'draft_model': 'small' | invalid_value | draft_model | must be a tuned draft (ft:...) of the kind 'eagle3'",
                "'kind': 'model', 'draft_model': 'small', 'loss': 'ce' | invalid_value | loss | must be one of kl_div, rkl, tv",
                "'kind': 'model', 'draft_model': 'small', 'num_speculative_tokens': 17 | invalid_value | num_speculative_tokens | from 1 to 16",
                "'kind': 'model', 'draft_model': 'small', 'evaluation': {'prompts': 0} | invalid_value | evaluation.prompts | from 1 to 1024",
                "'kind': 'model', 'draft_model': 'small', 'evaluation': {'n': 1} | unknown_parameter | evaluation.n | known here are",
                "'kind': 'model', 'draft_model': 'small', 'regenerate': {'temperature': 3} | invalid_value | regenerate.temperature | from 0 to 2",
                "'kind': 'model', 'draft_model': 'small', 'hyperparameters': {'beta': 1} | unknown_parameter | hyperparameters.beta | known here are",
                "'kind': 'model', 'draft_model': 'small', 'head': {} | invalid_value | head | only the kind 'eagle3' has such settings",
                "'kind': 'eagle1', 'head': {'ttt_steps': 3} | invalid_value | head | only the kind 'eagle3' has such settings",
                "'kind': 'eagle1', 'hidden_state_cache_bytes': -1 | invalid_value | hidden_state_cache_bytes | a whole number from 0 to 1099511627776",
                "'kind': 'eagle3', 'hidden_state_cache_bytes': 1099511627777 | invalid_value | hidden_state_cache_bytes | a whole number from 0 to 1099511627776",
                "'kind': 'model', 'draft_model': 'small', 'hidden_state_cache_bytes': 1 | invalid_value | hidden_state_cache_bytes | which reads no hidden states",
                "'kind': 'eagle3', 'head': {'layer_ids': [3, 2]} | invalid_value | head.layer_ids | ascending order, but is [3, 2]",
                "'kind': 'eagle3', 'head': {'ttt_steps': 0} | invalid_value | head.ttt_steps | from 1 to 16",
                "'kind': 'eagle3', 'head': {'ttt_step_loss_decay': 0} | invalid_value | head.ttt_step_loss_decay | above 0 and at most 1",
            })
    void whatCannotBeIsRefusedByName(String own, String code, String param, String words) {
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> read(own, ""));

        assertThat(refusal.code().wireName()).isEqualTo(code);
        assertThat(refusal.parameter()).isEqualTo("method.speculative_draft." + param);
        assertThat(refusal.explanation()).contains(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'kind': 'model', 'draft_model': 'small' | 'loss': {'type': 'tv'} | anneal.loss | its loss in 'method.speculative_draft.loss'",
                "'kind': 'model', 'draft_model': 'small' | 'init_adapter': 'ft:a' | anneal.init_adapter | naming it in 'method.speculative_draft.draft_model'",
                "'kind': 'eagle3' | 'packing': true | anneal.packing | a head of the kind 'eagle3' reads whole rows",
            })
    void settingsOfOtherMethodsAreRefusedByName(String own, String anneal, String param, String words) {
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> read(own, anneal));

        assertThat(refusal.code()).isEqualTo(RefusalCode.INVALID_VALUE);
        assertThat(refusal.parameter()).isEqualTo(param);
        assertThat(refusal.explanation()).contains(words);
    }

    @Test
    void hyperparametersBelongToTheMethod() {
        Refusal refusal = catchThrowableOfType(
                Refusal.class,
                () -> JobRequest.read(body(MODEL, "'adapter': 'afa'}, 'hyperparameters': {'n_epochs': 1")));

        assertThat(refusal.parameter()).isEqualTo("hyperparameters");
        assertThat(refusal.explanation()).contains("give 'method.speculative_draft.hyperparameters'");
    }

    @ParameterizedTest
    @CsvSource({"32, '2, 16, 29'", "7, '2, 3, 4'", "4, '0, 2, 4'", "2, '0, 1, 2'", "1, '0, 1'"})
    void layersOfAHeadAreThoseOfItsTarget(int layers, String expected) {
        SpeculativeDraft fitted = fitted("'kind': 'eagle3'", big(layers, 1024));

        EagleHead head = Objects.requireNonNull(fitted.head());
        assertThat(head.layers()).hasToString("[" + expected + "]");
        assertThat(head.vocabularySize()).isEqualTo(32_000);
        assertThat(head.steps()).isEqualTo(3);
        assertThat(head.normBeforeResidual() && head.normBeforeFc() && head.normOutput() && !head.fcNorm())
                .isTrue();
    }

    @Test
    void theOlderHeadReadsTheLastStateAndProposesEveryToken() {
        SpeculativeDraft fitted = fitted("'kind': 'eagle1'", BIG);

        assertThat(fitted.head()).isEqualTo(new EagleHead(List.of(32), 50_000, 1, 1.0, false, false, false, false));
        assertThat(METHOD.parameters(fitted, request(MODEL, ""))).doesNotContainKey("head");
    }

    @Test
    void layersAndTokensThatTheTargetLacksAreRefused() {
        Refusal layers = catchThrowableOfType(
                Refusal.class, () -> fitted("'kind': 'eagle3', 'head': {'layer_ids': [2, 33]}", BIG));
        Refusal tokens = catchThrowableOfType(
                Refusal.class, () -> fitted("'kind': 'eagle3', 'head': {'draft_vocab_size': 50001}", BIG));

        assertThat(layers.parameter()).isEqualTo("method.speculative_draft.head.layer_ids");
        assertThat(layers.explanation()).contains("names 33, but 'big' has 32 layers; use numbers from 0 to 32");
        assertThat(tokens.parameter()).isEqualTo("method.speculative_draft.head.draft_vocab_size");
        assertThat(tokens.explanation()).contains("is 50001, but 'big' has 50000 tokens");
    }

    @Test
    void aHeadIsOneLayerWithTheProjectionOfItsInputs() {
        ModelProfile head = METHOD.trained(fitted("'kind': 'eagle3'", BIG), BIG);

        assertThat(head.baseLearningRate(null)).isEqualTo(1e-2);

        assertThat(head.layers()).isEqualTo(1);
        assertThat(head.vocabularySize()).isEqualTo(32_000);
        assertThat(head.layer("q_proj").in()).isEqualTo(2 * BIG.layer("q_proj").in());
        assertThat(head.layer("o_proj")).isEqualTo(BIG.layer("o_proj"));
        assertThat(head.parameters()).isGreaterThan(3L * 64 * 64 + 32_000 * 64);
        assertThat(fitted("'kind': 'eagle3'", BIG).headKind()).isEqualTo("eagle3");
        assertThat(fitted(MODEL, BIG).headKind()).isNull();
    }

    @Test
    void whatIsShownCouldBeAskedFor() {
        JobRequest request = request(MODEL, "");

        assertThat(METHOD.parameters((SpeculativeDraft) request.method(), request))
                .isEqualTo(Map.of(
                        "kind", "model",
                        "draft_model", "small",
                        "loss", "kl_div",
                        "num_speculative_tokens", 4,
                        "evaluation", Map.of("prompts", 16, "max_tokens", 64)));
    }

    @Test
    void aJobWithoutValidationFileIsWarned() {
        JobRequest request = request(MODEL, "");

        assertThat(METHOD.warnings((SpeculativeDraft) request.method(), request))
                .singleElement()
                .asString()
                .contains("has no 'validation_file'", "is not measured");
    }

    @Test
    void theTargetTakesMemoryAndTime() {
        JobRequest request = request(MODEL, "");

        ResolvedSettings alone = resolve(request, new ModelProfiles(SettingsResolverTest.TINY, null, null));
        ResolvedSettings beside = resolve(request, new ModelProfiles(SettingsResolverTest.TINY, BIG, null));

        assertThat(alone.memory().targetBytes()).isZero();
        assertThat(beside.memory().targetBytes()).isGreaterThan(4 * BIG.parameters());
        assertThat(beside.memory().totalBytes() - alone.memory().totalBytes())
                .isEqualTo(beside.memory().targetBytes());
        double read = (beside.cost().operations() - alone.cost().operations()) / beside.expectedTokens();
        assertThat(read).isGreaterThan(2 * BIG.layers() * 12.0 * 64 * 64);
    }

    /** Its output embedding is the target's and stays as it is; fc and norms are trained in full beside an adapter. */
    @Test
    void whatAHeadTrainsAndKeepsIsCounted() {
        AdapterSettings adapter =
                Objects.requireNonNull(request(MODEL, "").adapter()).withSignGroups(1);
        String shape = "'kind': 'eagle3', 'head': {'layer_ids': [2, 4, 8], 'draft_vocab_size': %d, 'ttt_steps': %d}";
        ModelProfile head = profileOf(shape.formatted(1000, 3));
        long whole = 3 * 64 * 64 + 7 * 64;

        assertThat(head.wholeParameters(adapter)).isEqualTo(whole);
        assertThat(head.trainedParameters(null)).isEqualTo(head.parameters() - 2 * 1000 * 64);
        assertThat(profileOf(shape.formatted(50_000, 3)).head())
                .extracting(HeadParts::fixed)
                .as("the target's table is the head's")
                .isEqualTo(50_000L * 64);
        assertThat(profileOf("'kind': 'eagle1'").head())
                .isEqualTo(new HeadParts(0, 2 * 64 * 64 + 64, 1, 3 * 64, 4 * 64));
        MemoryEstimate.Rows rows = MemoryEstimate.Rows.kept(1, 100);
        long shallow = MemoryEstimate.of(head, adapter, FP32, rows).activationsBytes();
        long deep = MemoryEstimate.of(profileOf(shape.formatted(1000, 5)), adapter, FP32, rows)
                .activationsBytes();
        long ofDepth = head.widths().kept(7L * adapter.rank()) + 4 * 64;
        assertThat(deep - shallow).isCloseTo(100 * 4 * 2 * ofDepth * 6 / 5, within(1L));
    }

    /** As far as the budget goes, states of training and validation rows: 100 and 50 of 100 tokens in {@link #DATA}. */
    @ParameterizedTest
    @CsvSource({
        "eagle3, 0, 0",
        "eagle3, 1000, 1000",
        "eagle3, 1000000000, 15360000",
        "eagle1, 1000000000, 3840000",
    })
    void keptHiddenStatesTakeMemory(String kind, long budget, long expected) {
        JobRequest request = request("'kind': '%s', 'hidden_state_cache_bytes': %d".formatted(kind, budget), "");
        JobRequest without = request("'kind': '%s'".formatted(kind), "");

        MemoryEstimate memory = memoryOf(request);

        assertThat(memory.targetBytes() - memoryOf(without).targetBytes()).isEqualTo(expected);
        assertThat(memory.totalBytes() - memoryOf(without).totalBytes()).isEqualTo(expected);
        assertThat(METHOD.parameters((SpeculativeDraft) request.method(), request))
                .containsEntry("hidden_state_cache_bytes", budget);
    }

    private static MemoryEstimate memoryOf(JobRequest request) {
        SpeculativeDraft fitted = METHOD.fitted((SpeculativeDraft) request.method(), BIG);
        return resolve(request.with(fitted), new ModelProfiles(METHOD.trained(fitted, BIG), BIG, null))
                .memory();
    }

    /** Whatever the values are: granite-2 has the multipliers 1. */
    @ParameterizedTest
    @ValueSource(strings = {"granite-0", "granite-2", "gemma3-0", "olmo2-0", "exaone4-0"})
    void aTargetWhoseStatesAreNotLikeLlamasTakesNoHead(String name) throws IOException {
        ModelConfig config = ModelConfig.read(Path.of("src/test/resources/golden/families", name, "config.json"));
        ModelProfile target = ModelProfile.of(name, config, 1e-3);

        assertThat(catchThrowableOfType(Refusal.class, () -> fitted("'kind': 'eagle3'", target))
                        .explanation())
                .isEqualTo("'method.speculative_draft.kind' is an EAGLE head, which cannot draft for '" + name
                        + "', because this model's family multiplies embeddings, hidden states or logits, or norms the"
                        + " outputs of its blocks; use the kind 'model'");
    }

    private static ModelProfile profileOf(String own) {
        return METHOD.trained(fitted(own, BIG), BIG);
    }

    @Test
    void rowsFitTheShorterContext() {
        ModelProfiles models = new ModelProfiles(SettingsResolverTest.TINY, big(32, 512), null);
        TrainingOptions tooLong = request(MODEL, "'max_length': 600").options();

        assertThat(models.contextTokens()).isEqualTo(512);
        assertThat(catchThrowableOfType(Refusal.class, () -> models.checkLength(tooLong))
                        .explanation())
                .contains("is 600 but the context of 'big' ends at 512 tokens");
    }

    @Test
    void answersThatTheTargetWritesAreCounted() {
        SpeculativeDraft method = fitted(
                MODEL + ", 'regenerate': {'max_tokens': 100}, 'evaluation': {'prompts': 8, 'max_tokens': 10}", BIG);

        DatasetSize rows = METHOD.rows(method, DATA);
        GeneratedTokens generated = METHOD.generated(method, rows, 3);

        assertThat(rows.tokens()).isEqualTo(6_000 + 100 * 50);
        assertThat(rows.trainedTokens()).isEqualTo(5_000);
        assertThat(rows.longestRowTokens()).isEqualTo(300);
        assertThat(generated).isEqualTo(new GeneratedTokens(64, 4 * 2 * 8 * 5, (100 + 50) * 50));
        assertThat(METHOD.generated(method, rows, 0).measured()).isZero();
    }

    private static ResolvedSettings resolve(JobRequest request, ModelProfiles models) {
        return SettingsResolver.resolve(request, models, DATA, FP32, null);
    }

    private static SpeculativeDraft fitted(String own, ModelProfile target) {
        return METHOD.fitted((SpeculativeDraft) read(own, "").method(), target);
    }

    private static MethodRules.Read read(String own, String anneal) {
        StrictObject body = body(own, anneal);
        StrictObject draft = body.objectOrEmpty("method").objectOrEmpty("speculative_draft");
        MethodRules.Read read = METHOD.read(body, draft, body.objectOrEmpty("anneal"));
        draft.refuseOthers();
        return read;
    }

    private static JobRequest request(String own, String anneal) {
        return JobRequest.read(body(own, anneal));
    }

    private static StrictObject body(String own, String anneal) {
        String json =
                "{'model': 'big', 'training_file': 'file-1', 'method': {'type': 'speculative_draft', 'speculative_draft': {%s}}, 'anneal': {%s}}"
                        .formatted(own, anneal)
                        .replace('\'', '"');
        return JsonBody.of(JsonMapper.shared().readTree(json)).object();
    }
}
