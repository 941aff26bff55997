package dev.anneal.service.results.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Progress;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Claimants;
import dev.anneal.service.queue.lease.Ending;
import dev.anneal.service.results.evaluation.EvaluationJournal;
import dev.anneal.service.results.evaluation.Evaluations;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Evaluations from their creation to their end: listed, cancelled, and behind exports. */
class EvaluationLifeIT extends ServiceTest {

    private static final String EVALUATIONS = "/v1/fine_tuning/evaluations";

    @Autowired
    private EvaluationJournal journal;

    @Test
    void evaluationsAreListedWithoutSamplesNewestFirst() {
        String first = evaluation();
        succeed(claim());
        String second = evaluation();
        String third = evaluation();

        JsonNode newest = json(get(ALPHA, EVALUATIONS + "?limit=2"));
        JsonNode rest = json(get(ALPHA, EVALUATIONS + "?limit=2&after=" + second));
        JsonNode oldest = json(get(ALPHA, EVALUATIONS + "?order=asc&limit=1"));

        assertThat(newest.path("data").findValuesAsString("id")).containsExactly(third, second);
        assertThat(newest.path("has_more").asBoolean()).isTrue();
        assertThat(rest.path("data").findValuesAsString("id")).containsExactly(first);
        assertThat(rest.path("has_more").asBoolean()).isFalse();
        assertThat(rest.at("/data/0/status").asString()).isEqualTo("succeeded");
        assertThat(rest.at("/data/0/accuracy").asDouble()).isEqualTo(0.4);
        assertThat(rest.at("/data/0/samples")).isEmpty();
        assertThat(json(get(ALPHA, EVALUATIONS + "/" + first)).path("samples")).hasSize(1);
        assertThat(oldest.at("/data/0/id").asString()).isEqualTo(first);
        assertThat(json(get(BETA, EVALUATIONS)).path("data")).isEmpty();
        assertThat(json(get(BETA, EVALUATIONS + "?after=" + first))
                        .at("/error/code")
                        .asString())
                .isEqualTo("invalid_cursor");
    }

    @Test
    void queuedEvaluationIsCancelledAtOnce() {
        String id = evaluation();

        assertThat(cancel(ALPHA, id).statusCode()).isEqualTo(200);
        assertThat(status(id)).isEqualTo("cancelled");
        assertThat(cancel(ALPHA, id).statusCode()).as("once more").isEqualTo(200);
        assertThat(leases.claim(Claimants.of("w", Slot.LIGHT, Set.of(Evaluations.EXACT_MATCH), Set.of())))
                .isEmpty();
    }

    @Test
    void runningEvaluationIsCancelledByItsWorker() {
        String id = evaluation();
        Claim claim = claim();

        assertThat(json(cancel(ALPHA, id)).path("status").asString()).isEqualTo("running");
        Ending ending = leases.giveBack(claim.lease(), () -> {});

        assertThat(ending.holds()).isTrue();
        assertThat(status(id)).isEqualTo("cancelled");
    }

    @Test
    void whatHasEndedOrIsAnothersIsNotCancelled() {
        String id = evaluation();
        succeed(claim());

        HttpResponse<String> refused = cancel(ALPHA, id);

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(json(refused).at("/error/code").asString()).isEqualTo("job_already_final");
        assertThat(json(refused).at("/error/message").asString())
                .isEqualTo("Only what has not ended can be cancelled; this is succeeded.");
        assertThat(cancel(BETA, id).statusCode()).isEqualTo(404);
    }

    @Test
    void exportsGoFirst() {
        String job = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().finish(0);
        evaluation();
        post(ALPHA, "/v1/fine_tuning/jobs/" + job + "/merge", "{}");

        assertThat(leases.claim(Claimants.of("w", Slot.LIGHT, Set.of(Evaluations.EXACT_MATCH, "merged"), Set.of())))
                .map(Claim::kind)
                .contains(WorkKind.EXPORT);
        assertThat(claim().kind()).isEqualTo(WorkKind.EVALUATE);
    }

    private String evaluation() {
        HttpResponse<String> created =
                post(ALPHA, EVALUATIONS, "{'model': 'anneal-tiny', 'test_file': '" + file(ALPHA, 10) + "'}");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(202);
        return json(created).path("id").asString();
    }

    private Claim claim() {
        return leases.claim(Claimants.of("w", Slot.LIGHT, Set.of(Evaluations.EXACT_MATCH), Set.of()))
                .orElseThrow();
    }

    private void succeed(Claim claim) {
        Progress.Evaluated.Sample sample = new Progress.Evaluated.Sample("p", "e", "a", null, List.of());
        Progress.Evaluated evaluated = new Progress.Evaluated(10, 4, Map.of(), List.of(sample));
        leases.succeed(claim.lease(), () -> journal.completed(claim.lease().workId(), evaluated));
    }

    private HttpResponse<String> cancel(String tenant, String id) {
        return post(tenant, EVALUATIONS + "/" + id + "/cancel", "");
    }

    private String status(String id) {
        return json(get(ALPHA, EVALUATIONS + "/" + id)).path("status").asString();
    }
}
