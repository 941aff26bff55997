package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.rows.Rows;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * What seems wrong in rows that can be trained: in the file's report, in a dry run and in the events of each job. #17
 */
class RowWarningsIT extends ServiceTest {

    private static final String MISSPELT =
            Rows.ofMessages("{'role': 'user', 'content': 'q'}", "{'role': 'assistant', 'content': 'a', 'wieght': 0}")
                    + "\n";

    @Test
    void aMisspeltKeyIsWarnedOfWhereverTheFileIsUsed() {
        String training = file(ALPHA, FilePurpose.FINE_TUNE, Rows.goodLines(9) + MISSPELT);
        String validation = file(ALPHA, FilePurpose.FINE_TUNE, MISSPELT.repeat(10));
        String ofTraining =
                "The unknown key 'messages[].wieght' (once, in line 10) is ignored, unless the model's chat template reads it. Did you mean 'weight'?";
        String ofValidation = ofTraining.replace("once, in line 10", "10 times, first in line 1");

        JsonNode report = json(get(ALPHA, "/v1/files/" + training)).at("/anneal/validation_report");
        assertThat(report.path("warnings")).extracting(JsonNode::asString).containsExactly(ofTraining);

        String id = queuedJob(ALPHA, training, ", 'validation_file': '" + validation + "'");
        List<String> warned = List.of(training + ": " + ofTraining, validation + ": " + ofValidation);
        assertThat(json(get(ALPHA, "/v1/fine_tuning/jobs/" + id + "/events?limit=100"))
                        .path("data"))
                .filteredOn(event -> event.path("level").asString().equals("warn"))
                .extracting(event -> event.path("message").asString())
                .containsExactlyInAnyOrderElementsOf(warned);
        assertThat(EstimateWarnings.ofRows(json(post(
                        ALPHA,
                        "/v1/fine_tuning/estimate",
                        "{'model': 'anneal-tiny', 'training_file': '%s', 'validation_file': '%s'}"
                                .formatted(training, validation)))))
                .containsExactlyElementsOf(warned);
    }

    @Test
    void rowsWithoutOddKeysAreNotWarnedOf() {
        String id = queuedJob(ALPHA, file(ALPHA, 10), "");

        assertThat(get(ALPHA, "/v1/fine_tuning/jobs/" + id + "/events?limit=100")
                        .body())
                .doesNotContain("\"warn\"");
    }
}
