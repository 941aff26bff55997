package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.process.RankProcess;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Jobs on several devices, compared with the same job on one. */
abstract class DevicesTest extends EngineTest {

    static final int STEPS = 8;

    final void requireEqual(String alone, String together) {
        JsonNode ofOne = series(alone);
        JsonNode ofTwo = series(together);
        assertThat(ofTwo).hasSize(STEPS);
        for (int step = 0; step < STEPS; step++) {
            for (String value : List.of("train_loss", "grad_norm", "trained_tokens", "tokens")) {
                assertThat(ofTwo.get(step).get(value))
                        .as("%s of step %d", value, step + 1)
                        .isEqualTo(ofOne.get(step).get(value));
            }
        }
    }

    static String settings(String method, int devices, String more) {
        String chosen = switch (method) {
            case "dpo" -> "'method': {'type': 'dpo', 'dpo': {'hyperparameters': {'batch_size': 6}}}";
            case "reinforcement" -> """
                        'method': {'type': 'reinforcement', 'reinforcement': {
                          'grader': {'type': 'string_check', 'name': 'sum', 'input': '{{sample.output_text}}',
                                     'reference': '{{item.answer}}', 'operation': 'eq'},
                          'hyperparameters': {'batch_size': 4}}}""";
            case "draft" -> """
                        'method': {'type': 'speculative_draft', 'speculative_draft': {
                          'kind': 'eagle3', 'head': {'draft_vocab_size': 300}, 'hyperparameters': {'batch_size': 6}}}""";
            default -> "'hyperparameters': {'batch_size': 6}";
        };
        String rollouts =
                method.equals("reinforcement") ? ", 'rollouts': {'group_size': 4, 'max_completion_tokens': 16}" : "";
        return ", 'seed': 7, %s, 'anneal': {'max_steps': %d, 'checkpoint_interval': 2, 'devices': %d, 'reproducible': 'any_devices'%s%s}"
                .formatted(chosen, STEPS, devices, rollouts, more);
    }

    final JsonNode requireSucceeded(String id) {
        JsonNode job = ended("/v1/fine_tuning/jobs/" + id);
        assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("succeeded");
        return job;
    }

    final JsonNode series(String id) {
        return json(get(ALPHA, "/v1/fine_tuning/jobs/" + id + "/metrics")).path("data");
    }

    /** Waits until a checkpoint is there, so that the next attempt goes on. */
    final void awaitMiddle(String id) {
        while (series(id).size() < 2) {
            Waiting.pause();
        }
    }

    final void killARankInTheMiddle(String id) {
        awaitMiddle(id);
        List<ProcessHandle> second = ProcessHandle.current()
                .descendants()
                .filter(process ->
                        RankProcess.rankOf(process).filter(rank -> rank == 1).isPresent())
                .toList();
        assertThat(second).as("processes of rank 1").isNotEmpty();
        second.forEach(ProcessHandle::destroyForcibly);
    }
}
