package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.service.files.FilePurpose;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Jobs on two devices by the real engine: the same bits as on one, also after a process is killed. */
@SystemTest
@TestPropertySource(properties = {"anneal.worker.devices=cpu:0,cpu:1", "anneal.worker.poll-interval=100ms"})
class DevicesPathIT extends DevicesTest {

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
}
