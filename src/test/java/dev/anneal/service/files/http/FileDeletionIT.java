package dev.anneal.service.files.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.UploadedRows;
import dev.anneal.service.access.web.ApiTestBase;
import dev.anneal.service.files.FileFixture;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;

/** #17: files are deleted while they are checked, which a client that has changed its mind does. */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(
        properties = {"anneal.files.check-threads=4", "anneal.home=target/test-${anneal.test.fork:1}/home-deletion"})
class FileDeletionIT extends ApiTestBase {

    private static final int FILES = 400;
    private static final int CLIENTS = 4;

    @Test
    void aFileThatWasJustUploadedIsDeleted(CapturedOutput output) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Callable<Integer>> each = new ArrayList<>();
            for (int number = 0; number < FILES; number++) {
                int rows = 10 + number % 40;
                each.add(() -> delete("/v1/files/" + upload(rows)).status());
            }
            for (Future<Integer> status : clients.invokeAll(each)) {
                assertThat(status.get()).isEqualTo(200);
            }
        } finally {
            clients.shutdownNow();
        }

        assertThat(get("/v1/files").json().at("/data")).isEmpty();
        assertThat(output.getOut()).doesNotContain("ERROR");
    }

    private String upload(int rows) throws IOException, InterruptedException {
        Answer answer = send(HttpRequest.newBuilder(uri("/v1/files"))
                .header("content-type", UploadedRows.CONTENT_TYPE)
                .POST(HttpRequest.BodyPublishers.ofString(UploadedRows.form(FileFixture.rows(rows)))));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().path("id").asString();
    }
}
