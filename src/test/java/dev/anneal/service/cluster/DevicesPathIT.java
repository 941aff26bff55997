package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.process.RankProcess;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Jobs on two devices by the real engine: the same bits as on one, also after a process is killed. */
@SystemTest
@TestPropertySource(properties = {"anneal.worker.devices=cpu:0,cpu:1", "anneal.worker.poll-interval=100ms"})
class DevicesPathIT extends EngineTest {

    private static final int STEPS = 8;

    @ParameterizedTest
    @ValueSource(strings = {"supervised", "dpo", "reinforcement", "draft"})
    void twoDevicesTrainWhatOneTrainsAlsoAfterAKill(String method) throws IOException {
        String chats = file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.train.jsonl", 40));
        String file = switch (method) {
            case "dpo" -> file(ALPHA, FilePurpose.FINE_TUNE, rows("preferences.train.jsonl", 40));
            case "reinforcement" -> file(ALPHA, FilePurpose.FINE_TUNE, rows("addition.train.jsonl", 40));
            default -> chats;
        };
        String alone = queuedJob(ALPHA, file, settings(method, 1, ""));
        requireSucceeded(alone);
        String together = queuedJob(ALPHA, file, settings(method, 2, ""));
        killARankInTheMiddle(together);
        JsonNode job = requireSucceeded(together);

        assertThat(job.at("/anneal/devices").asInt()).isEqualTo(2);
        assertThat(job.at("/anneal/attempts")).as(job.toString()).hasSize(2);
        requireEqual(alone, together);
    }

    /** In 16 or 32 bits and in 4. */
    @ParameterizedTest
    @CsvSource({"supervised, auto", "dpo, auto", "reinforcement, auto", "supervised, nf4", "reinforcement, nf4"})
    void aSharedOutBaseTrainsWhatAWholeOneTrains(String method, String precision) throws IOException {
        String file = file(
                ALPHA,
                FilePurpose.FINE_TUNE,
                switch (method) {
                    case "dpo" -> rows("preferences.train.jsonl", 40);
                    case "reinforcement" -> rows("addition.train.jsonl", 40);
                    default -> rows("tickets.train.jsonl", 40);
                });
        String form = ", 'base_precision': '" + precision + "'";
        String alone = queuedJob(ALPHA, file, settings(method, 1, form));
        requireSucceeded(alone);
        String sharded = queuedJob(ALPHA, file, settings(method, 2, form + ", 'base_placement': 'sharded'"));
        requireSucceeded(sharded);

        requireEqual(alone, sharded);
    }

    private void requireEqual(String alone, String together) {
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

    private static String settings(String method, int devices, String more) {
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

    private JsonNode requireSucceeded(String id) {
        JsonNode job = ended("/v1/fine_tuning/jobs/" + id);
        assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("succeeded");
        return job;
    }

    private JsonNode series(String id) {
        return json(get(ALPHA, "/v1/fine_tuning/jobs/" + id + "/metrics")).path("data");
    }

    /** Once a checkpoint is there, so that the next attempt goes on. */
    private void killARankInTheMiddle(String id) {
        while (series(id).size() < 2) {
            Waiting.pause();
        }
        List<ProcessHandle> second = ProcessHandle.current()
                .descendants()
                .filter(process ->
                        RankProcess.rankOf(process).filter(rank -> rank == 1).isPresent())
                .toList();
        assertThat(second).as("processes of rank 1").isNotEmpty();
        second.forEach(ProcessHandle::destroyForcibly);
    }
}
