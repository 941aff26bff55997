package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The filters of the list of jobs and the counts of jobs by status: over all jobs of the tenant, however many there
 * are.
 */
class JobListIT extends ServiceTest {

    @Test
    void listsJobsByStatus() {
        String file = file(ALPHA, 10);
        String done = queuedJob(ALPHA, file, "");
        playedWorker().finish(0);
        String running = queuedJob(ALPHA, file, "");
        playedWorker();
        String paused = queuedJob(ALPHA, file, "");
        post(ALPHA, "/v1/fine_tuning/jobs/" + paused + "/pause", "{}");
        String queued = queuedJob(ALPHA, file, "");
        queuedJob(BETA, file(BETA, 10), "");

        assertThat(ids("status=succeeded")).containsExactly(done);
        assertThat(ids("status=running")).containsExactly(running);
        assertThat(ids("status=paused")).containsExactly(paused);
        assertThat(ids("status=queued")).as("paused jobs are not queued ones").containsExactly(queued);
        assertThat(ids("status=queued&status=running&status=succeeded")).containsExactly(queued, running, done);
        assertThat(ids("status=queued&status=running&status=succeeded&order=asc"))
                .containsExactly(done, running, queued);
        assertThat(ids("status=queued&status=running&status=succeeded&after=" + running))
                .containsExactly(done);
        assertThat(ids("status=failed")).isEmpty();
        assertThat(ids("status=")).containsExactly(queued, paused, running, done);
    }

    @Test
    void listsJobsByMethodAndModel() {
        String file = file(ALPHA, 10);
        String tuned = queuedJob(ALPHA, file, "");
        playedWorker().finish(0);
        String model = job(ALPHA, tuned).path("fine_tuned_model").asString();
        String draft = draftOf(model, file);

        assertThat(ids("method=supervised")).containsExactly(tuned);
        assertThat(ids("method=speculative_draft")).containsExactly(draft);
        assertThat(ids("method=dpo")).isEmpty();
        assertThat(ids("model=anneal-tiny")).containsExactly(tuned);
        assertThat(ids("model=" + encoded(model)))
                .as("a draft's model is its target")
                .containsExactly(draft);
        assertThat(ids("model=anneal-tiny&status=succeeded&method=supervised")).containsExactly(tuned);
        assertThat(ids("model=anneal-tiny&status=queued")).isEmpty();
    }

    @Test
    void searchesIdSuffixModelAndMetadata() {
        String file = file(ALPHA, 10);
        String tickets = queuedJob(ALPHA, file, ", 'suffix': 'Tickets_v2', 'metadata': {'team': 'Müllabfuhr'}");
        String other = queuedJob(ALPHA, file, ", 'suffix': 'TicketsXv2', 'metadata': {'share': '100%'}");
        queuedJob(BETA, file(BETA, 10), ", 'suffix': 'tickets'");

        assertThat(ids("search=tickets")).containsExactly(other, tickets);
        assertThat(ids("search=tickets_v2")).as("no sign is a wildcard").containsExactly(tickets);
        assertThat(ids("search=100%25")).containsExactly(other);
        assertThat(ids("search=" + encoded("\\"))).isEmpty();
        assertThat(ids("search=" + encoded("tickets MüLLABFUHR"))).containsExactly(tickets);
        assertThat(ids("search=" + tickets.substring(10).toUpperCase(java.util.Locale.ROOT)))
                .containsExactly(tickets);
        assertThat(ids("search=anneal-tiny&limit=1")).containsExactly(other);
        assertThat(ids("search=anneal-tiny&limit=1&after=" + other)).containsExactly(tickets);
        assertThat(ids("search=nothing")).isEmpty();
        assertThat(ids("search=+")).as("white space is no word").hasSize(2);
    }

    @Test
    void refusesWhatIsNotThere() {
        assertThat(refusal("status=done"))
                .isEqualTo("'status' must be one of validating_files, queued, paused, running, succeeded, failed,"
                        + " cancelled but is 'done'");
        assertThat(refusal("method=sft"))
                .isEqualTo("'method' must be one of supervised, dpo, reinforcement, speculative_draft but is 'sft'");
        assertThat(refusal("search=" + "x".repeat(201)))
                .isEqualTo("'search' must have at most 200 characters but has 201");
        assertThat(refusal("state=running")).contains("'state'", "Did you mean 'status'?");
    }

    @Test
    void countsJobsByStatus() {
        String file = file(ALPHA, 10);
        queuedJob(ALPHA, file, "");
        playedWorker().finish(0);
        queuedJob(ALPHA, file, "");
        queuedJob(ALPHA, file, "");
        queuedJob(BETA, file(BETA, 10), "");

        HttpResponse<String> counted = get(ALPHA, "/v1/fine_tuning/job_counts");

        assertThat(json(counted).toString()).isEqualTo("""
                {"object":"fine_tuning.job_counts","total":3,"counts":{"validating_files":0,"queued":2,"paused":0,"running":0,\
                "succeeded":1,"failed":0,"cancelled":0}}""");
    }

    private String draftOf(String target, String file) {
        HttpResponse<String> created = post(ALPHA, "/v1/fine_tuning/jobs", """
                {'model': '%s', 'training_file': '%s', 'method': {'type': 'speculative_draft',
                 'speculative_draft': {'kind': 'model', 'draft_model': 'anneal-tiny'}}}""".formatted(target, file));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        return json(created).path("id").asString();
    }

    private List<String> ids(String query) {
        HttpResponse<String> listed = get(ALPHA, "/v1/fine_tuning/jobs?" + query);
        assertThat(listed.statusCode()).as(listed.body()).isEqualTo(200);
        List<String> ids = new ArrayList<>();
        for (JsonNode job : json(listed).path("data")) {
            ids.add(job.path("id").asString());
        }
        return ids;
    }

    private String refusal(String query) {
        HttpResponse<String> refused = get(ALPHA, "/v1/fine_tuning/jobs?" + query);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        return json(refused).at("/error/message").asString();
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
