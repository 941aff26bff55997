package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.HeldRows;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * #17: two jobs at a time, of which one trains on the file that the other validates on. Both ask for the counts of both
 * files.
 */
class SwappedFilesIT extends ServiceTest {

    /**
     * As another job asks for it in a transaction of its own; whose model and length are those of a count that was
     * made.
     */
    private static final String ASK = """
            INSERT INTO file_check (tenant_id, file_id, kind, model_id, tokenizer, max_length, state, requested_at)
            SELECT tenant_id, (SELECT id FROM file WHERE public_id = ?), kind, model_id, tokenizer, max_length, 'WAITING', requested_at
            FROM file_check
            WHERE kind = 'COUNT' AND file_id = (SELECT id FROM file WHERE public_id = ?)
            """;

    @Test
    void aJobThatWaitsForACountOfAnotherOneHoldsNoneThatItMayWant() throws Exception {
        String counted = file(ALPHA, 10);
        queuedJob(ALPHA, counted, "");
        String first = file(ALPHA, 11);
        String second = file(ALPHA, 12);
        CompletableFuture<HttpResponse<String>> creation;
        try (HeldRows otherJob = HeldRows.of(ASK, first, counted)) {
            creation = CompletableFuture.supplyAsync(() -> post(
                    ALPHA,
                    "/v1/fine_tuning/jobs",
                    "{'model': 'anneal-tiny', 'training_file': '%s', 'validation_file': '%s'}"
                            .formatted(second, first)));
            otherJob.awaitWaiter();
            otherJob.execute(ASK, second, counted);
            otherJob.commit();
        }

        HttpResponse<String> created = creation.get(30, TimeUnit.SECONDS);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        String job = json(created).path("id").asString();
        await(() -> job(ALPHA, job).path("status").asString().equals("queued"));
    }
}
