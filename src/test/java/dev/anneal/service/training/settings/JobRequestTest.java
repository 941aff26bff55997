package dev.anneal.service.training.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anneal.penetration.Penetration;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.JsonBody;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Each key of a job request is read as documented, and each bad value refused by name. */
class JobRequestTest {

    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void smallestRequestGetsTheDefaults() {
        JobRequest request = read("");

        assertThat(request.model()).isEqualTo("anneal-tiny");
        assertThat(request.hyperparameters()).isEqualTo(new Hyperparameters(null, null, null));
        assertThat(request.adapter())
                .isEqualTo(new AdapterSettings(
                        16,
                        32,
                        0,
                        List.of("all-linear"),
                        false,
                        "matched_relu",
                        new AdapterSettings.Schedule("linear", 0, 0.8),
                        AdapterSettings.FITTING_SIGN_GROUPS));
        assertThat(request.options().priority()).isEqualTo(5);
        assertThat(request.metadata()).isEmpty();
    }

    @Test
    void nullReadsAsAbsent() {
        String nulls = ", 'suffix': null, 'validation_file': null, 'hyperparameters': null, 'afa_lora': null";

        assertThat(read(nulls + ", 'seed': 1")).isEqualTo(read(", 'seed': 1"));
    }

    @Test
    void hyperparametersStandInTheMethodOrAtTheTop() {
        String values = "{'n_epochs': 2, 'batch_size': 'auto', 'learning_rate_multiplier': 1}";

        JobRequest old = read(", 'seed': 1, 'hyperparameters': " + values);
        JobRequest current = read(
                ", 'seed': 1, 'method': {'type': 'supervised', 'supervised': {'hyperparameters': " + values + "}}");

        assertThat(old).isEqualTo(current);
        assertThat(old.hyperparameters().toWire())
                .isEqualTo(Map.of("n_epochs", 2, "batch_size", "auto", "learning_rate_multiplier", 1.0));
    }

    @Test
    void pairsHaveABetaAndALoss() {
        assertThat(read(", 'method': {'type': 'dpo'}").method()).isEqualTo(new TrainingMethod.Dpo(0.1, "sigmoid", 0));
        JobRequest asked = read(", 'method': {'type': 'dpo', 'dpo': {'hyperparameters': {'beta': 2, 'n_epochs': 4}}},"
                + " 'anneal': {'loss': {'type': 'robust', 'label_smoothing': 0.2}}");
        assertThat(asked.method()).isEqualTo(new TrainingMethod.Dpo(2, "robust", 0.2));
        assertThat(asked.hyperparameters()).isEqualTo(new Hyperparameters(null, null, 4));
        assertThat(read(", 'method': {'type': 'dpo', 'dpo': {'hyperparameters': {'beta': 'auto'}}}")
                        .method())
                .isEqualTo(new TrainingMethod.Dpo(0.1, "sigmoid", 0));
    }

    @Test
    void aJobHasAsManyDevicesAsItAsksFor() {
        TrainingOptions alone = read("").options();
        TrainingOptions asked = read(", 'hyperparameters': {'batch_size': 16}, 'anneal': {'devices': 16}")
                .options();
        TrainingOptions ordered = read(", 'anneal': {'devices': 8, 'reproducible': 'any_devices'}")
                .options();

        assertThat(alone.devices()).isEqualTo(1);
        assertThat(alone.reproducible()).isEqualTo(TrainingSettings.SAME_DEVICES);
        assertThat(asked.devices()).isEqualTo(16);
        assertThat(ordered.devices()).isEqualTo(8);
        assertThat(ordered.reproducible()).isEqualTo(TrainingSettings.ANY_DEVICES);
    }

    @Test
    void anAdapterHasAsManyGroupsOfSignsAsItAsksFor() {
        assertThat(groups("'sign_groups': 2")).isEqualTo(2);
        assertThat(groups("'activation': 'silu', 'sign_groups': 8")).isEqualTo(8);
    }

    /** 128 divided by the rank, a power of two that divides 192, 64 and 512. */
    @ParameterizedTest
    @CsvSource({"1, 64", "2, 64", "3, 32", "4, 32", "16, 8", "64, 2", "65, 1", "129, 1"})
    void groupsLeftOpenFitRankAndModel(int rank, int groups) {
        assertThat(groups("'rank': " + rank)).isEqualTo(groups);
        assertThat(groups("'activation': 'matched_silu', 'rank': " + rank)).isEqualTo(groups);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "silu", "relu", "gelu"})
    void loraAndTheFormsOfThePaperHaveNoGroupsUnlessAskedFor(String activation) {
        assertThat(groups("'activation': '" + activation + "'")).isEqualTo(1);
    }

    @Test
    void projectionsThatTheModelLacksAreLeftToItsCheck() {
        assertThat(groups("'target_modules': ['w1']")).isEqualTo(1);
    }

    /** An export of an adapter with groups of signs has the rank 128, above the 64 outputs of k_proj. */
    @Test
    void anAdapterThatExistsKeepsARankAboveTheWidthOfALayer() {
        AdapterSettings exported =
                new AdapterSettings(128, 256, 0, List.of("k_proj"), false, "none", AdapterRequest.DEFAULT_SCHEDULE);

        JobRequest request = read(", 'anneal': {'init_adapter': 'file-2'}").beginningWith(exported, null);

        assertThatCode(() -> SettingsResolverTest.TINY.check(request, 1)).doesNotThrowAnyException();
    }

    private static int groups(String keys) {
        JobRequest fitted = read(", 'afa_lora': {" + keys + "}").fitting(SettingsResolverTest.TINY);
        return Objects.requireNonNull(fitted.adapter()).signGroups();
    }

    @Test
    void plainLoraCanBeSaidInTwoWays() {
        assertThat(read(", 'anneal': {'adapter': 'lora'}").adapter())
                .isEqualTo(read(", 'afa_lora': {'activation': 'none'}").adapter());
    }

    @Test
    void withoutAnAdapterAllWeightsAreTrained() {
        assertThat(read(", 'anneal': {'adapter': 'none'}").adapter()).isNull();
    }

    @Test
    void alphaIsTwiceTheRankUnlessGiven() {
        assertThat(adapterOf(read(", 'afa_lora': {'rank': 4}")).alpha()).isEqualTo(8);
        assertThat(adapterOf(read(", 'afa_lora': {'rank': 4, 'alpha': 4}")).alpha())
                .isEqualTo(4);
    }

    @Test
    void adapterThatBeginsAsAnotherIsLinearUnlessAScheduleIsAskedFor() {
        assertThat(beginning("", ""))
                .isEqualTo(new AdapterSettings(
                        8,
                        4,
                        0.1,
                        List.of("q_proj", "v_proj"),
                        true,
                        "none",
                        new AdapterSettings.Schedule("linear", 0, 0.8)));
        assertThat(beginning("", "'rank': 8, 'alpha': 4, 'rslora': true, 'target_modules': ['v_proj', 'q_proj']"))
                .isEqualTo(beginning("", ""));
        assertThat(beginning("", "'dropout': 0").dropout()).isZero();
        assertThat(beginning("", "'schedule': {'end': 0.5}").activation()).isEqualTo("matched_relu");
        assertThat(beginning(", 'adapter': 'afa'", "'schedule': {'end': 0.5}"))
                .isEqualTo(beginning("", "'schedule': {'end': 0.5}"));
        assertThat(beginning(", 'adapter': 'lora'", "")).isEqualTo(beginning("", ""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'rank': 16                                        | rank           | is 16, but the adapter of 'ftjob-1' has 8
            'alpha': 8                                        | alpha          | is 8.0, but the adapter of 'ftjob-1' has 4.0
            'rslora': false                                   | rslora         | is false, but the adapter of 'ftjob-1' has true
            'target_modules': 'all-linear'                    | target_modules | is [all-linear], but the adapter of 'ftjob-1' has [q_proj, v_proj]
            'activation': 'gelu'                              | activation     | the activation 'gelu' is asked for, but the adapter of 'ftjob-1' is linear
            """)
    void whatTheInitialAdapterDecidesIsNotAskedFor(String keys, String key, String words) {
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> beginning("", keys));

        assertThat(refusal.parameter()).isEqualTo("afa_lora." + key);
        assertThat(refusal).hasMessageContaining(words);
    }

    @Test
    void allNamesAreAllLinear() {
        String all = "'q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'";

        assertThat(beginning("", "'target_modules': [" + all + "]", "all-linear"))
                .isEqualTo(beginning("", "", "all-linear"));
        assertThatThrownBy(() -> beginning("", "'target_modules': [" + all + ", 'lm_head']", "all-linear"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("lm_head");
    }

    private static AdapterSettings beginning(String anneal, String adapter) {
        return beginning(anneal, adapter, "q_proj", "v_proj");
    }

    private static AdapterSettings beginning(String anneal, String adapter, String... targets) {
        AdapterSettings initial = new AdapterSettings(
                8, 4, 0.1, List.of(targets), true, "relu", new AdapterSettings.Schedule("cosine", 0.1, 1));
        return adapterOf(read(", 'anneal': {'init_adapter': 'ftjob-1'" + anneal + "}, 'afa_lora': {" + adapter + "}")
                .beginningWith(initial, null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'hyperparameters': {'n_epochs': 0}                 | INVALID_VALUE | hyperparameters.n_epochs | whole number from 1 to 50 or "auto", but is 0
            'hyperparameters': {'n_epochs': 51}                | INVALID_VALUE | hyperparameters.n_epochs | but is 51
            'hyperparameters': {'n_epochs': 1.5}               | INVALID_VALUE | hyperparameters.n_epochs | but is 1.5
            'hyperparameters': {'n_epochs': '3'}               | INVALID_VALUE | hyperparameters.n_epochs | but is "3"
            'hyperparameters': {'batch_size': 257}             | INVALID_VALUE | hyperparameters.batch_size | from 1 to 256
            'hyperparameters': {'learning_rate_multiplier': 0} | INVALID_VALUE | hyperparameters.learning_rate_multiplier | above 0
            'hyperparameters': {'beta': 0.1}                   | UNKNOWN_PARAMETER | hyperparameters.beta | known here are batch_size
            'hyperparameters': {}, 'method': {'type': 'supervised', 'supervised': {'hyperparameters': {}}} | INVALID_VALUE | hyperparameters | both given
            'method': {'type': 'dpo', 'supervised': {}}        | UNKNOWN_PARAMETER | method.supervised | known here are type, dpo
            'method': {'type': 'dpo', 'dpo': {'hyperparameters': {'beta': 0}}} | INVALID_VALUE | method.dpo.hyperparameters.beta | above 0 and at most 2 or "auto", but is 0
            'method': {'type': 'dpo', 'dpo': {'hyperparameters': {'beta': 2.1}}} | INVALID_VALUE | method.dpo.hyperparameters.beta | but is 2.1
            'method': {'type': 'dpo', 'dpo': {'hyperparameters': {'n_epochs': 0}}} | INVALID_VALUE | method.dpo.hyperparameters.n_epochs | but is 0
            'method': {'type': 'dpo', 'dpo': {'beta': 1}}      | UNKNOWN_PARAMETER | method.dpo.beta | known here are hyperparameters
            'method': {'type': 'dpo'}, 'hyperparameters': {}   | INVALID_VALUE | hyperparameters | give 'method.dpo.hyperparameters'
            'method': {'type': 'dpo'}, 'anneal': {'adapter': 'none'} | INVALID_VALUE | anneal.adapter | trains adapters alone
            'method': {'type': 'dpo'}, 'anneal': {'packing': true} | INVALID_VALUE | anneal.packing | leave it out
            'method': {'type': 'dpo'}, 'anneal': {'loss': 'ipo'} | INVALID_VALUE | anneal.loss | must be an object
            'method': {'type': 'dpo'}, 'anneal': {'loss': {'type': 'kto'}} | INVALID_VALUE | anneal.loss.type | one of sigmoid, robust, hinge, ipo
            'method': {'type': 'dpo'}, 'anneal': {'loss': {'label_smoothing': 0.5}} | INVALID_VALUE | anneal.loss.label_smoothing | below 0.5
            'method': {'type': 'dpo'}, 'anneal': {'loss': {'type': 'ipo', 'label_smoothing': 0.1}} | INVALID_VALUE | anneal.loss.label_smoothing | use 'sigmoid' or 'robust'
            'method': {'type': 'dpo'}, 'anneal': {'loss': {'smoothing': 0.1}} | UNKNOWN_PARAMETER | anneal.loss.smoothing | known here are type, label_smoothing
            'method': {'type': 'reinforcement', 'reinforcement': {}} | MISSING_PARAMETER | method.reinforcement.grader | it gives completions their rewards
            'method': {'type': 'magic'}                        | INVALID_VALUE | method.type | must be one of supervised, dpo, reinforcement, speculative_draft, but is "magic"
            'method': {}                                       | MISSING_PARAMETER | method.type | is required
            'seed': -1                                         | INVALID_VALUE | seed | from 0 to 2147483647
            'seed': 2147483648                                 | INVALID_VALUE | seed | but is 2147483648
            'suffix': 'a/b'                                    | INVALID_VALUE | suffix | letters, digits
            'suffix': ''                                       | INVALID_VALUE | suffix | 1 to 64
            'afa_lora': {'rank': 0}                            | INVALID_VALUE | afa_lora.rank | from 1 to 65536, but is 0
            'afa_lora': {'activation': 'tanh'}                 | INVALID_VALUE | afa_lora.activation | one of silu, relu, gelu, matched_silu, matched_relu, matched_gelu, none, but is "tanh"
            'afa_lora': {'alpha': -1}                          | INVALID_VALUE | afa_lora.alpha | above 0
            'afa_lora': {'dropout': 1}                         | INVALID_VALUE | afa_lora.dropout | below 1
            'afa_lora': {'target_modules': []}                 | INVALID_VALUE | afa_lora.target_modules | list of non-empty strings
            'afa_lora': {'target_modules': [1]}                | INVALID_VALUE | afa_lora.target_modules | list of non-empty strings
            'afa_lora': {'dora': true}                         | DORA_NOT_SUPPORTED_WITH_ANNEALING | afa_lora.dora | Leave it out
            'afa_lora': {'schedule': {'shape': 'sine'}}        | INVALID_VALUE | afa_lora.schedule.shape | one of linear, cosine, step
            'afa_lora': {'schedule': {'start': 0.9, 'end': 0.3}} | INVALID_VALUE | afa_lora.schedule.start | must not be above 'end', which is 0.3, but is 0.9
            'afa_lora': {'schedule': {'end': 1.1}}             | INVALID_VALUE | afa_lora.schedule.end | from 0 to 1
            'afa_lora': {'schedule': 'linear'}                 | INVALID_VALUE | afa_lora.schedule | must be an object
            'afa_lora': {'ranks': 8}                           | UNKNOWN_PARAMETER | afa_lora.ranks | Did you mean 'rank'? Remove it or correct its name
            'anneal': {'adapter': 'none'}, 'afa_lora': {}      | INVALID_VALUE | afa_lora | trains all weights of the model
            'anneal': {'adapter': 'none', 'init_adapter': 'a'} | INVALID_VALUE | anneal.init_adapter | trains all weights of the model
            'anneal': {'adapter': 'none', 'lora_plus_ratio': 4} | INVALID_VALUE | anneal.lora_plus_ratio | leave one of them out
            'anneal': {'adapter': 'lora'}, 'afa_lora': {'activation': 'silu'} | INVALID_VALUE | anneal.adapter | leave one of them out
            'anneal': {'packing': 'bfd'}                       | INVALID_VALUE | anneal.packing | true or false
            'anneal': {'activation_checkpointing': 'always'}   | INVALID_VALUE | anneal.activation_checkpointing | one of auto, on, off
            'anneal': {'base_precision': 'int8'}               | INVALID_VALUE | anneal.base_precision | one of auto, nf4
            'anneal': {'init_adapter': ['ftjob-1']}            | INVALID_VALUE | anneal.init_adapter | must be a string
            'anneal': {'loss': {}}                             | INVALID_VALUE | anneal.loss | has one loss
            'anneal': {'early_stopping': {'patience': 2}}      | EARLY_STOP_BEFORE_ANNEALED | anneal.early_stopping | 'finish_anneal': true
            'anneal': {'early_stopping': {'finish_anneal': true}} | NOT_SUPPORTED | anneal.early_stopping | leave it out
            'anneal': {'devices': 0}                           | INVALID_VALUE | anneal.devices | from 1 to 1024, but is 0
            'anneal': {'devices': -2}                          | INVALID_VALUE | anneal.devices | but is -2
            'anneal': {'devices': 1.5}                         | INVALID_VALUE | anneal.devices | but is 1.5
            'anneal': {'devices': '2'}                         | INVALID_VALUE | anneal.devices | but is "2"
            'anneal': {'devices': 9}                           | INVALID_VALUE | anneal.devices | is 9, but a step has 8 rows, and each device needs one at least; ask for at most 8, or give more rows to a step
            'anneal': {'devices': 3}, 'hyperparameters': {'batch_size': 1} | INVALID_VALUE | anneal.devices | a step has 1 row, and
            'anneal': {'devices': 5, 'gradient_accumulation': 2}, 'hyperparameters': {'batch_size': 2} | INVALID_VALUE | anneal.devices | a step has 4 rows
            'anneal': {'devices': 9, 'packing': true}          | INVALID_VALUE | anneal.devices | a step has 8 packed sequences
            'anneal': {'devices': 9}, 'method': {'type': 'dpo'} | INVALID_VALUE | anneal.devices | a step has 8 pairs
            'anneal': {'devices': 9}, 'method': {'type': 'reinforcement', 'reinforcement': {'grader': {'type': 'string_check', 'name': 'n', 'input': 'a', 'reference': 'a', 'operation': 'eq'}}} | INVALID_VALUE | anneal.devices | a step has 8 prompts
            'anneal': {'devices': 9, 'reproducible': 'any_devices'}, 'hyperparameters': {'batch_size': 64} | INVALID_VALUE | anneal.devices | is 9, but with 'anneal.reproducible': 'any_devices' a job has at most 8; ask for at most 8
            'anneal': {'reproducible': true}                   | INVALID_VALUE | anneal.reproducible | must be a string
            'anneal': {'reproducible': 'never'}                | INVALID_VALUE | anneal.reproducible | one of same_devices, any_devices, but is "never"
            'anneal': {'priority': 10}                         | INVALID_VALUE | anneal.priority | from 0 to 9
            'anneal': {'warmup_ratio': 1}                      | INVALID_VALUE | anneal.warmup_ratio | below 1
            'anneal': {'lr_schedule': 'wsd'}                   | INVALID_VALUE | anneal.lr_schedule | linear, cosine, constant
            'anneal': {'learning_rate': 0.1}, 'hyperparameters': {'learning_rate_multiplier': 2} | INVALID_VALUE | anneal.learning_rate | leave one of them out
            'anneal': {'learning_rates': 0.1}                  | UNKNOWN_PARAMETER | anneal.learning_rates | Remove it
            'integrations': [{'type': 'wandb'}]                | NOT_SUPPORTED | integrations | leave it out
            'metadata': {'k': 1}                               | INVALID_VALUE | metadata.k | must be a string
            'metadata': 'x'                                    | INVALID_VALUE | metadata | must be an object
            'training_files': 'file-1'                         | UNKNOWN_PARAMETER | training_files | known here are model, training_file
            """)
    void badValueIsRefusedByName(String keys, RefusalCode code, String param, String words) {
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> read(", " + keys));

        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.parameter()).isEqualTo(param);
        assertThat(refusal).hasMessageContaining("'" + param + "'").hasMessageContaining(words);
    }

    @Penetration
    @Test
    void metadataHasOpenAisLimits() {
        assertMetadataRefused("{'" + "k".repeat(65) + "': 'v'}", "65 characters; at most 64");
        assertMetadataRefused("{'k': '" + "v".repeat(513) + "'}", "513 characters; at most 512");
        StringBuilder pairs = new StringBuilder("{'k0': 'v'");
        for (int i = 1; i < 17; i++) {
            pairs.append(", 'k").append(i).append("': 'v'");
        }
        assertMetadataRefused(pairs.append('}').toString(), "17 pairs; at most 16");
        assertThat(read(", 'metadata': {'" + "k".repeat(64) + "': '" + "v".repeat(512) + "'}")
                        .metadata())
                .hasSize(1);
    }

    @Test
    void modelAndTrainingFileAreRequired() {
        Refusal refusal = catchThrowableOfType(
                Refusal.class,
                () -> JobRequest.read(
                        JsonBody.of(JSON.readTree("{\"model\": \"m\"}")).object()));

        assertThat(refusal.code()).isEqualTo(RefusalCode.MISSING_PARAMETER);
        assertThat(refusal.parameter()).isEqualTo("training_file");
    }

    @Test
    void bodyMustBeAnObject() {
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> JsonBody.of(JSON.readTree("[]")));

        assertThat(refusal.code()).isEqualTo(RefusalCode.INVALID_JSON);
    }

    @Test
    void digestIgnoresHowTheBodyIsWritten() {
        String one = JsonBody.of(JSON.readTree("{\"a\": {\"c\": 1, \"b\": [2, 3]}, \"d\": null}"))
                .digest();
        String other = JsonBody.of(JSON.readTree("{\"d\":null,\"a\":{\"b\":[2,3],\"c\":1}}"))
                .digest();
        String different = JsonBody.of(JSON.readTree("{\"d\":null,\"a\":{\"b\":[3,2],\"c\":1}}"))
                .digest();

        assertThat(one).isEqualTo(other).isNotEqualTo(different);
    }

    private static void assertMetadataRefused(String metadata, String words) {
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> read(", 'metadata': " + metadata));
        assertThat(refusal).hasMessageContaining(words);
        assertThat(refusal.parameter()).startsWith("metadata");
    }

    private static AdapterSettings adapterOf(JobRequest request) {
        return Objects.requireNonNull(request.adapter());
    }

    private static JobRequest read(String moreKeys) {
        String json = ("{'model': 'anneal-tiny', 'training_file': 'file-1'" + moreKeys + "}").replace('\'', '"');
        return JobRequest.read(JsonBody.of(JSON.readTree(json)).object());
    }
}
