package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.PlayedWorker;
import dev.anneal.service.ServiceTest;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the events of a job that has succeeded say of a training that did not do what trainings are for. */
class FinalWarningsIT extends ServiceTest {

    // #17
    @Test
    void aTrainingWithoutRatesOrGradientsSaysThatNothingWasLearned() {
        String id = queuedJob(ALPHA, file(ALPHA, 10), ", 'anneal': {'max_steps': 3}");
        PlayedWorker worker = playedWorker();
        worker.step(1, 2.5, 0, 0.75).step(2, 2.5, 1e-3, 0).step(3, 2.5, 1e-3, 0).complete();

        assertThat(warnings(id))
                .containsExactly(
                        "Nothing was learned: in each of the 3 steps the learning rate or the gradient was exactly 0, so the new model"
                                + " answers as what the training began with. See learning_rate and grad_norm in the job's series");
    }

    @Test
    void stepsWithoutAGradientAreCounted() {
        String id = queuedJob(ALPHA, file(ALPHA, 10), ", 'anneal': {'max_steps': 4}");
        PlayedWorker worker = playedWorker();
        worker.step(1, 2.5, 0, 0.75)
                .step(2, 2.5, 1e-3, 0)
                .step(3, 2.5, 1e-3, 0.5)
                .step(4, 0, 1e-3, 0);
        worker.complete();

        assertThat(warnings(id))
                .containsExactly(
                        "In 1 of the 4 steps the gradient was exactly 0 although the loss was not, so they taught"
                                + " nothing: see grad_norm in the job's series; a lower learning rate or the activation 'matched_silu' helps");
    }

    @Test
    void aLossThatStaysAboveItsBeginningIsTold() {
        String id = queuedJob(ALPHA, file(ALPHA, 10), ", 'anneal': {'max_steps': 20}");
        PlayedWorker worker = playedWorker();
        for (int step = 1; step <= 20; step++) {
            worker.step(step, step <= 10 ? 2 + 0.1 * step : 2.56, 1e-3, 0.5);
        }
        worker.complete();

        assertThat(warnings(id))
                .containsExactly(
                        "The loss stayed above its beginning: each of the last 10 steps had more than 2.5500, the mean of"
                                + " the first 10. The new model is probably worse than what the training began with; train again with"
                                + " a lower learning rate");
    }

    @Test
    void aTrainingThatLearnsSaysNothing() {
        String id = queuedJob(ALPHA, file(ALPHA, 10), ", 'anneal': {'max_steps': 20}");
        playedWorker().finish(0);

        assertThat(warnings(id)).isEmpty();
    }

    private List<String> warnings(String id) {
        assertThat(job(ALPHA, id).path("status").asString()).isEqualTo("succeeded");
        JsonNode events = json(get(ALPHA, "/v1/fine_tuning/jobs/" + id + "/events?limit=100"));
        return StreamSupport.stream(events.path("data").spliterator(), false)
                .filter(event -> event.path("level").asString().equals("warn"))
                .map(event -> event.path("message").asString())
                .toList();
    }
}
