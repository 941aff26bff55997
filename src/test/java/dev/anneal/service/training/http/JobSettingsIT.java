package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.rows.Rows;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A job shows what it trains with under the names by which a request asks for it. */
class JobSettingsIT extends ServiceTest {

    private static final String DEFAULTS = """
            {'adapter': 'afa', 'init_adapter': null, 'learning_rate': 0.004, 'max_steps': null, 'warmup_ratio': 0.03, 'lr_schedule': 'linear',
             'weight_decay': 0.0, 'max_grad_norm': 1.0, 'max_length': 1024, 'gradient_accumulation': 1, 'checkpoint_interval': 3, 'eval_interval': null,
             'lora_plus_ratio': 1.0, 'packing': false, 'activation_checkpointing': 'auto', 'devices': 1, 'reproducible': 'same_devices', 'base_precision': 'auto', 'base_placement': 'whole', 'priority': 5, 'draft': null, 'method': null, 'loss': null, 'rollouts': null, 'grader': null}
            """;

    private static final String ASKED = """
            {'adapter': 'lora', 'learning_rate': 0.001, 'max_steps': 40, 'warmup_ratio': 0.1, 'lr_schedule': 'cosine',
             'weight_decay': 0.01, 'max_grad_norm': 0.5, 'max_length': 512, 'gradient_accumulation': 2, 'checkpoint_interval': 7, 'eval_interval': 9,
             'lora_plus_ratio': 4.0, 'packing': true, 'activation_checkpointing': 'on', 'devices': 2, 'reproducible': 'any_devices', 'base_precision': 'nf4', 'base_placement': 'sharded', 'priority': 1}
            """;

    private static final String PROMPT = Rows.prompt("What is 17 + 25?") + "\n";

    private static final String PAIR =
            "{\"input\": {\"messages\": [{\"role\": \"user\", \"content\": \"What is 17 + 25?\"}]},"
                    + " \"preferred_output\": [{\"role\": \"assistant\", \"content\": \"42\"}],"
                    + " \"non_preferred_output\": [{\"role\": \"assistant\", \"content\": \"43\"}]}\n";

    @Test
    void whatIsLeftOpenIsShownOnceItIsKnown() {
        String file = file(ALPHA, 20);
        JsonNode created = json(post(
                        ALPHA, "/v1/fine_tuning/jobs", "{'model': 'anneal-tiny', 'training_file': '" + file + "'}"))
                .get("anneal");
        assertThat(created.get("learning_rate").isNull()).isTrue();
        assertThat(created.get("max_length").isNull()).isTrue();
        assertThat(created.get("checkpoint_interval").isNull()).isTrue();
        assertThat(created.get("weight_decay").doubleValue()).isZero();

        assertShown(job(ALPHA, queuedJob(ALPHA, file, "")), DEFAULTS);
    }

    @Test
    void whatIsAskedIsShown() {
        String file = file(ALPHA, 20);
        String id = queuedJob(ALPHA, file, ", 'validation_file': '" + file + "', 'anneal': " + ASKED);

        assertShown(job(ALPHA, id), ASKED);
    }

    @Test
    void aTrainingOfAllWeightsHasNoAdapter() {
        String id = queuedJob(ALPHA, file(ALPHA, 20), ", 'anneal': {'adapter': 'none'}");

        assertShown(job(ALPHA, id), "{'adapter': 'none', 'learning_rate': 4e-4}");
    }

    @Test
    void lossOfPairs() {
        String pairs = file(ALPHA, FilePurpose.FINE_TUNE, PAIR.repeat(10));
        String plain = queuedJob(ALPHA, pairs, ", 'method': {'type': 'dpo'}");
        String robust = queuedJob(
                ALPHA,
                pairs,
                ", 'method': {'type': 'dpo'}, 'anneal': {'loss': {'type': 'robust', 'label_smoothing': 0.25}}");

        assertShown(job(ALPHA, plain), "{'loss': {'type': 'sigmoid', 'label_smoothing': 0.0}, 'rollouts': null}");
        assertShown(job(ALPHA, robust), "{'loss': {'type': 'robust', 'label_smoothing': 0.25}}");
    }

    @Test
    void rolloutsAndLossOfRewards() {
        String prompts = file(ALPHA, FilePurpose.FINE_TUNE, PROMPT.repeat(10));
        String plain = reinforced(prompts, "'compute_multiplier': 0.5", "");
        String asked = reinforced(prompts, "'eval_interval': 6, 'eval_samples': 3", """
                'loss': {'type': 'gspo', 'clip_low': 0.1, 'clip_high': 0.3, 'kl_weight': 0.04, 'scale_rewards': 'batch', 'mask_truncated': true},
                'rollouts': {'group_size': 16, 'max_completion_tokens': 32, 'temperature': 0.75, 'top_k': 50, 'top_p': 0.9, 'min_p': 0.1,
                             'updates': 2, 'sample_interval': 4}
                """);

        assertShown(job(ALPHA, plain), """
                {'loss': {'type': 'dapo', 'clip_low': 0.2, 'clip_high': 0.2, 'kl_weight': 0.0, 'scale_rewards': 'group', 'mask_truncated': false},
                 'rollouts': {'group_size': 4, 'max_completion_tokens': 512, 'temperature': 1.0, 'top_k': 0, 'top_p': 1.0, 'min_p': 0.0,
                              'updates': 1, 'sample_interval': 10}}
                """);
        assertShown(job(ALPHA, asked), """
                {'loss': {'type': 'gspo', 'clip_low': 0.1, 'clip_high': 0.3, 'kl_weight': 0.04, 'scale_rewards': 'batch', 'mask_truncated': true},
                 'rollouts': {'group_size': 16, 'max_completion_tokens': 32, 'temperature': 0.75, 'top_k': 50, 'top_p': 0.9, 'min_p': 0.1,
                              'updates': 2, 'sample_interval': 4},
                 'eval_interval': 6}
                """);
        assertThat(hyperparameters(plain).get("compute_multiplier").doubleValue())
                .isEqualTo(0.5);
        assertThat(hyperparameters(asked).get("compute_multiplier").doubleValue())
                .isEqualTo(2);
        assertThat(hyperparameters(asked).get("eval_interval").intValue()).isEqualTo(6);
        assertThat(hyperparameters(asked).get("eval_samples").intValue()).isEqualTo(3);
    }

    private String reinforced(String prompts, String hyperparameters, String anneal) {
        return queuedJob(ALPHA, prompts, """
                        , 'validation_file': '%s', 'method': {'type': 'reinforcement', 'reinforcement': {
                          'grader': {'type': 'string_check', 'input': '{{sample.output_text}}', 'reference': '{{item.answer}}', 'operation': 'eq'},
                          'hyperparameters': {%s}}},
                        'anneal': {%s}
                        """.formatted(prompts, hyperparameters, anneal));
    }

    private JsonNode hyperparameters(String id) {
        return job(ALPHA, id).at("/method/reinforcement/hyperparameters");
    }

    private static void assertShown(JsonNode job, String expected) {
        JsonNode anneal = job.get("anneal");
        JSON.readTree(expected.replace('\'', '"'))
                .properties()
                .forEach(setting -> assertThat(anneal.get(setting.getKey()))
                        .as(setting.getKey())
                        .isEqualTo(setting.getValue()));
    }
}
