package dev.anneal.service.training.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.JsonBody;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** What a reinforcement job may ask for, and what becomes of what it leaves open. */
class ReinforcementMethodTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static final String GRADER =
            "{'type': 'string_check', 'name': 'sum', 'input': '{{sample.output_text}}', 'reference': '{{item.answer}}', 'operation': 'eq'}";

    private static final AdapterSettings ADAPTER = new AdapterSettings(
            16, 32, 0, List.of("all-linear"), false, "silu", new AdapterSettings.Schedule("linear", 0, 0.8));

    private static final EngineSetup FP32 = new EngineSetup("cpu", "fp32", false, 2);

    @Test
    void whatIsLeftOpenIsTrls() {
        TrainingMethod.Reinforcement method = read("", "");

        assertThat(method.grader()).containsEntry("operation", "eq").hasSize(5);
        assertThat(method.rollouts()).isEqualTo(new TrainingMethod.Rollouts(8, 512, 1, 0, 1, 0, 1, 10));
        assertThat(method.policy()).isEqualTo(new TrainingMethod.Policy("dapo", 0.2, 0.2, 0, "group", false));
        assertThat(method.evaluationSamples()).isEqualTo(1);
    }

    @Test
    void everyKeyIsRead() {
        TrainingMethod.Reinforcement method = read(
                "'compute_multiplier': 'auto', 'eval_interval': 5, 'eval_samples': 4, 'reasoning_effort': 'default', 'batch_size': 16",
                "'rollouts': {'group_size': 4, 'max_completion_tokens': 32, 'temperature': 0.7, 'top_k': 50, 'top_p': 0.9, 'min_p': 0.01,"
                        + " 'updates': 2, 'sample_interval': 3},"
                        + " 'loss': {'type': 'grpo', 'clip_low': 0.1, 'clip_high': 0.28, 'kl_weight': 0.04, 'scale_rewards': 'none',"
                        + " 'mask_truncated': true}");

        assertThat(method.rollouts()).isEqualTo(new TrainingMethod.Rollouts(4, 32, 0.7, 50, 0.9, 0.01, 2, 3));
        assertThat(method.policy()).isEqualTo(new TrainingMethod.Policy("grpo", 0.1, 0.28, 0.04, "none", true));
        assertThat(method.evaluationSamples()).isEqualTo(4);
        JobRequest request = request("'eval_interval': 5, 'batch_size': 16", "'max_steps': 7");
        assertThat(request.options().evalInterval()).isEqualTo(5);
        assertThat(request.hyperparameters().batchSize()).isEqualTo(16);
    }

    /** Its grader's name becomes a column of the result file. */
    @Test
    void graderHasANameThatMayBeAColumn() {
        Refusal refusal = catchThrowableOfType(
                Refusal.class,
                () -> body("'method': {'type': 'reinforcement', 'reinforcement': {'grader': %s}}"
                        .formatted(GRADER.replace("'sum'", "'a,b'"))));

        assertThat(refusal.parameter()).isEqualTo("method.reinforcement.grader.name");
    }

    @Test
    void computeMultiplierScalesTheGroup() {
        assertThat(read("'compute_multiplier': 2", "").rollouts().groupSize()).isEqualTo(16);
        assertThat(read("'compute_multiplier': 0.25", "").rollouts().groupSize())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'compute_multiplier': 0.1 | | method.reinforcement.hyperparameters.compute_multiplier",
                "'compute_multiplier': 2 | 'rollouts': {'group_size': 4} | anneal.rollouts.group_size",
                "'reasoning_effort': 'high' | | method.reinforcement.hyperparameters.reasoning_effort",
                "'beta': 0.1 | | method.reinforcement.hyperparameters.beta",
                "| 'rollouts': {'group_size': 1} | anneal.rollouts.group_size",
                "| 'rollouts': {'temperature': 0} | anneal.rollouts.temperature",
                "| 'rollouts': {'top_p': 0} | anneal.rollouts.top_p",
                "| 'rollouts': {'length': 3} | anneal.rollouts.length",
                "| 'loss': {'type': 'sigmoid'} | anneal.loss.type",
                "| 'loss': {'label_smoothing': 0.1} | anneal.loss.label_smoothing",
                "| 'loss': {'kl_weight': -1} | anneal.loss.kl_weight",
                "'eval_interval': 5 | 'eval_interval': 6 | anneal.eval_interval",
                "| 'adapter': 'none' | anneal.adapter",
                "| 'packing': true | anneal.packing"
            })
    void whatCannotBeIsRefusedByName(@Nullable String hyperparameters, @Nullable String anneal, String param) {
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> read(orEmpty(hyperparameters), orEmpty(anneal)));

        assertThat(refusal.parameter()).isEqualTo(param);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    @Test
    void graderIsRequiredAndChecked() {
        Refusal missing = catchThrowableOfType(
                Refusal.class, () -> body("'method': {'type': 'reinforcement', 'reinforcement': {}}"));
        Refusal python = catchThrowableOfType(
                Refusal.class,
                () -> body(
                        "'method': {'type': 'reinforcement', 'reinforcement': {'grader': {'type': 'python', 'name': 'p', 'source': 'x'}}}"));
        Refusal wrong = catchThrowableOfType(
                Refusal.class,
                () -> body("'method': {'type': 'reinforcement', 'reinforcement': {'grader': %s}}"
                        .formatted(GRADER.replace("'eq'", "'equals'"))));

        assertThat(missing.code()).isEqualTo(RefusalCode.MISSING_PARAMETER);
        assertThat(missing.parameter()).isEqualTo("method.reinforcement.grader");
        assertThat(python.code()).isEqualTo(RefusalCode.GRADER_NOT_SUPPORTED);
        assertThat(wrong.code()).isEqualTo(RefusalCode.GRADER_INVALID);
        assertThat(wrong.parameter()).isEqualTo("method.reinforcement.grader.operation");
    }

    private static TrainingMethod.Reinforcement read(String hyperparameters, String anneal) {
        return (TrainingMethod.Reinforcement) request(hyperparameters, anneal).method();
    }

    private static JobRequest request(String hyperparameters, String anneal) {
        return body(
                "'method': {'type': 'reinforcement', 'reinforcement': {'grader': %s, 'hyperparameters': {%s}}}, 'anneal': {%s}"
                        .formatted(GRADER, hyperparameters, anneal));
    }

    private static JobRequest body(String rest) {
        String json = ("{'model': 'anneal-tiny', 'training_file': 'file-1', " + rest + "}").replace('\'', '"');
        return JobRequest.read(
                JsonBody.of(Objects.requireNonNull(JSON.readTree(json))).object());
    }

    /** In fp32 rollouts draft nothing. */
    @Test
    void theDraftOfRolloutsTakesItsWeightsAndWhatItSamplesWith() {
        MemoryEstimate.Rows sampled = new MemoryEstimate.Rows(8, 640, 80, 0, false, 8);
        EngineSetup bf16 = new EngineSetup("cpu", "bf16", false, 2);
        ModelProfiles withDraft = new ModelProfiles(SettingsResolverTest.TINY, null, SettingsResolverTest.TINY);
        MemoryEstimate alone = MemoryEstimate.of(SettingsResolverTest.TINY, ADAPTER, bf16, sampled);

        MemoryEstimate drafted = MemoryEstimate.of(withDraft, ADAPTER, bf16, sampled, 0, 0);

        long added = drafted.samplingBytes() - alone.samplingBytes();
        assertThat(added - 2 * SettingsResolverTest.TINY.parameters())
                .isPositive()
                .isLessThan(alone.samplingBytes());
        assertThat(drafted.totalBytes() - alone.totalBytes()).isBetween(0L, added);
        assertThat(MemoryEstimate.of(withDraft, ADAPTER, FP32, sampled, 0, 0))
                .isEqualTo(MemoryEstimate.of(SettingsResolverTest.TINY, ADAPTER, FP32, sampled));
    }
}
