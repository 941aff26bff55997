package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.service.files.FilePurpose;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Rollouts with a draft, from its job to what the policy learns: the same as without it. */
@SystemTest
@TestPropertySource(properties = "anneal.engine.precision=bf16")
class DraftedRolloutsIT extends EngineTest {

    private static final int STEPS = 4;

    @Test
    void aDraftChangesNeitherTokensNorRewards() throws IOException {
        String chats = file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.train.jsonl", 20));
        String sums = file(ALPHA, FilePurpose.FINE_TUNE, rows("addition.train.jsonl", 40));
        JsonNode draft = ended(queuedJob(ALPHA, chats, """
                , 'method': {'type': 'speculative_draft', 'speculative_draft': {'kind': 'eagle3', 'head': {'draft_vocab_size': 300}}},
                'anneal': {'max_steps': 10}
                """));

        JsonNode alone = ended(reinforced(sums, "null"));
        JsonNode drafted =
                ended(reinforced(sums, "'" + draft.path("fine_tuned_model").asString() + "'"));

        assertThat(drafted.at("/anneal/draft")).isEqualTo(draft.path("fine_tuned_model"));
        JsonNode plain = of(alone, "samples?limit=100");
        assertThat(plain).hasSizeGreaterThan(STEPS);
        assertThat(of(drafted, "samples?limit=100").findValuesAsString("completion"))
                .isEqualTo(plain.findValuesAsString("completion"));
        JsonNode steps = of(drafted, "metrics");
        for (int step = 0; step < STEPS; step++) {
            JsonNode own = steps.get(step);
            JsonNode other = of(alone, "metrics").get(step);
            for (String value : new String[] {"train_loss", "grad_norm", "tokens"}) {
                assertThat(own.get(value)).as(value).isEqualTo(other.get(value));
            }
            assertThat(own.at("/metrics/reward")).isEqualTo(other.at("/metrics/reward"));
            assertThat(own.at("/metrics/acceptance_length~1rollout").asDouble()).isGreaterThanOrEqualTo(1);
            assertThat(other.path("metrics").has("acceptance_length/rollout")).isFalse();
        }
        assertThat(of(drafted, "events?limit=100").findValuesAsString("message"))
                .noneMatch(message -> message.contains("left out"));
    }

    @Override
    JsonNode ended(String id) {
        JsonNode job = super.ended("/v1/fine_tuning/jobs/" + id);
        assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("succeeded");
        return job;
    }

    private String reinforced(String prompts, String draft) {
        return queuedJob(ALPHA, prompts, """
                , 'seed': 7, 'method': {'type': 'reinforcement', 'reinforcement': {
                  'grader': {'type': 'string_check', 'name': 'sum', 'input': '{{sample.output_text}}',
                             'reference': '{{item.answer}}', 'operation': 'eq'},
                  'hyperparameters': {'batch_size': 4}}},
                'anneal': {'max_steps': %d, 'draft': %s, 'rollouts': {'group_size': 4, 'max_completion_tokens': 16, 'sample_interval': 1}}
                """.formatted(STEPS, draft));
    }

    private JsonNode of(JsonNode job, String what) {
        return json(get(ALPHA, "/v1/fine_tuning/jobs/" + job.path("id").asString() + "/" + what))
                .path("data");
    }
}
