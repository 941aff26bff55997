package dev.anneal.service.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.anneal.service.HeardLog;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.UploadedRows;
import dev.anneal.service.access.tenant.IssuedKeys;
import dev.anneal.service.access.tenant.NewKey;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.platform.database.CutConnections;
import dev.anneal.service.platform.database.TestDatabase;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

/**
 * The database ends a connection under a request, at each of its statements (#17): 503 with a hint to try again, and
 * one line in the log.
 */
@Import(CutConnectionsIT.Cuts.class)
@TestPropertySource(properties = "anneal.outbound.allowed-addresses=127.0.0.1")
class CutConnectionsIT extends ServiceTest {

    private static final String JOBS = "/v1/fine_tuning/jobs";

    private static final String FILE = UploadedRows.form(
            "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}\n");

    /** Puts the cuts between the service and its pools. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Cuts {

        @Bean
        static CutConnections cutConnections(BeanFactory beans) {
            return new CutConnections(beans);
        }
    }

    @Autowired
    private CutConnections cuts;

    @Autowired
    private IssuedKeys issued;

    @RegisterExtension
    final HeardLog log = new HeardLog();

    @Test
    void readingIsToldToTryAgain() {
        String file = file(ALPHA, 20);
        String job = queuedJob(ALPHA, file, "");
        for (String path : List.of(
                "/v1/files",
                "/v1/files/" + file,
                "/v1/files/" + file + "/content",
                JOBS,
                JOBS + "/" + job,
                JOBS + "/" + job + "/events",
                JOBS + "/" + job + "/events?stream=true&after=ftevent-unknown",
                JOBS + "/" + job + "/checkpoints",
                JOBS + "/" + job + "/metrics",
                JOBS + "/" + job + "/exports",
                "/v1/models",
                "/v1/fine_tuning/evaluations",
                "/v1/webhook_endpoints")) {
            cutAtEachStatement(path, () -> request(ALPHA, path));
        }
    }

    @Test
    void whatIsNotThereIsToldToTryAgain() {
        for (String path : List.of("/v1/files/file-x", JOBS + "/ftjob-x", "/v1/models/ft:anneal-tiny:alpha:x:1")) {
            cutAtEachStatement(path, () -> request(ALPHA, path));
        }
        for (String path : List.of("/v1/files/file-x", "/v1/models/ft:anneal-tiny:alpha:x:1")) {
            cutAtEachStatement("delete " + path, () -> request(ALPHA, path).DELETE());
        }
    }

    @Test
    void changingIsToldToTryAgain() {
        String file = file(ALPHA, 20);
        String order = "{'model': 'anneal-tiny', 'training_file': '" + file + "'}";
        cutAtEachStatement("create a job", () -> json(request(ALPHA, JOBS), order));
        cutAtEachStatement("estimate", () -> json(request(ALPHA, "/v1/fine_tuning/estimate"), order));
        cutAtEachStatement(
                "cancel", () -> json(request(ALPHA, JOBS + "/" + queuedJob(ALPHA, file, "") + "/cancel"), ""));
        cutAtEachStatement("pause", () -> json(request(ALPHA, JOBS + "/" + queuedJob(ALPHA, file, "") + "/pause"), ""));
        cutAtEachStatement(
                "delete a file",
                () -> request(ALPHA, "/v1/files/" + file(ALPHA, 10)).DELETE());
        cutAtEachStatement(
                "evaluate",
                () -> json(
                        request(ALPHA, "/v1/fine_tuning/evaluations"),
                        "{'model': 'anneal-tiny', 'test_file': '" + file + "'}"));
        cutAtEachStatement(
                "webhook",
                () -> json(
                        request(ALPHA, "/v1/webhook_endpoints"),
                        "{'name': 'ci', 'url': 'http://127.0.0.1:9/', 'event_types': ['fine_tuning.job.succeeded']}"));
    }

    @Test
    void uploadingIsToldToTryAgain() {
        cutAtEachStatement("upload", () -> multipart(request(ALPHA, "/v1/files"), FILE));
        String upload = "{'filename': 'a.jsonl', 'purpose': 'fine-tune', 'bytes': 9, 'mime_type': 'application/jsonl'}";
        cutAtEachStatement("upload in parts", () -> json(request(ALPHA, "/v1/uploads"), upload));
        String id = json(post(ALPHA, "/v1/uploads", upload)).path("id").asString();
        cutAtEachStatement(
                "part",
                () -> multipart(
                        request(ALPHA, "/v1/uploads/" + id + "/parts"),
                        "--b\r\nContent-Disposition: form-data; name=\"data\"; filename=\"p\"\r\n\r\n123456789\r\n--b--\r\n"));
    }

    @Test
    void fileWhoseCommitHadNoAnswerKeepsItsContent() {
        assertContentStays(() -> multipart(request(ALPHA, "/v1/files"), FILE));
        assertThat(listed()).isNotEmpty();
    }

    @Test
    void completedUploadWhoseCommitHadNoAnswerKeepsItsContent() {
        assertContentStays(() -> {
            String upload = json(post(
                            ALPHA,
                            "/v1/uploads",
                            "{'filename': 'a.jsonl', 'purpose': 'fine-tune', 'bytes': 9, 'mime_type': 'application/jsonl'}"))
                    .path("id")
                    .asString();
            String part = json(send(
                            multipart(
                                    request(ALPHA, "/v1/uploads/" + upload + "/parts"),
                                    "--b\r\nContent-Disposition: form-data; name=\"data\"; filename=\"p\"\r\n\r\n123456789\r\n--b--\r\n")))
                    .path("id")
                    .asString();
            return json(request(ALPHA, "/v1/uploads/" + upload + "/complete"), "{'part_ids': ['" + part + "']}");
        });
        assertThat(listed()).isNotEmpty();
    }

    /** Loses the answer of each commit in turn; whatever file is listed then can be read. */
    private void assertContentStays(Supplier<HttpRequest.Builder> requests) {
        for (int commit = 0; ; commit++) {
            HttpRequest.Builder request = requests.get();
            cuts.cutAfterCommit(commit);
            HttpResponse<String> answer = send(request);
            if (!cuts.hasCut()) {
                break;
            }
            assertThat(answer.statusCode())
                    .as("commit %d: %s", commit, answer.body())
                    .isIn(200, 503);
            for (String file : listed()) {
                assertThat(get(ALPHA, "/v1/files/" + file + "/content").statusCode())
                        .as("content after the answer of commit %d was lost", commit)
                        .isEqualTo(200);
            }
        }
    }

    private List<String> listed() {
        List<String> ids = new ArrayList<>();
        json(get(ALPHA, "/v1/files"))
                .path("data")
                .forEach(file -> ids.add(file.path("id").asString()));
        return ids;
    }

    @Test
    void administeringIsToldToTryAgain() {
        cutAtEachStatement("project", () -> json(admin("/v1/organization/projects"), "{'name': 'P'}"));
        cutAtEachStatement("projects", () -> admin("/v1/organization/projects"));
        cutAtEachStatement("audit log", () -> admin("/v1/organization/audit_logs"));
        cutAtEachStatement("audit log in lines", () -> admin("/v1/organization/audit_logs?format=jsonl"));
    }

    @Test
    void askingForTheKeyIsToldToTryAgain() {
        cutAtEachStatement("key", () -> {
            String key = issued.create(null, new NewKey("k", Set.of(Scope.ADMIN), null))
                    .secret();
            return admin("/v1/organization/admin_api_keys").setHeader("Authorization", "Bearer " + key);
        });
    }

    @Test
    void answerThatHasBegunIsBrokenOffWithOneLine() {
        String job = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().steps(1, 24);
        TestDatabase.administrator().sql("""
                        INSERT INTO job_step (job_id, step, tenant_id, recorded_at, epoch, learning_rate, beta, trained_tokens, tokens,
                                              shared_tokens, tokens_per_second, seconds)
                        SELECT job_id, more, tenant_id, recorded_at, epoch, learning_rate, beta, trained_tokens, tokens,
                               shared_tokens, tokens_per_second, seconds
                        FROM job_step, generate_series(25, 3500) AS more
                        WHERE step = 24
                        """).update();
        HttpRequest.Builder csv = request(ALPHA, JOBS + "/" + job + "/metrics?format=csv");
        int broken = 0;
        for (int statement = 0; ; statement++) {
            cuts.cutAt(statement);
            log.clear();
            boolean isWhole = isWhole(csv);
            if (!cuts.hasCut()) {
                break;
            }
            assertThat(isWhole).as("statement %d", statement).isFalse();
            broken++;
            assertOneLine("csv at statement " + statement);
        }
        assertThat(broken).isGreaterThan(8);
    }

    /** Whether all rows arrived, and not a refusal or a part of them. */
    private static boolean isWhole(HttpRequest.Builder csv) {
        try {
            HttpResponse<String> answer =
                    java.net.http.HttpClient.newHttpClient().send(csv.build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isIn(200, 503);
            return answer.statusCode() == 200;
        } catch (IOException brokenOff) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void cutAtEachStatement(String what, Supplier<HttpRequest.Builder> requests) {
        List<Integer> statuses = new ArrayList<>();
        for (int statement = 0; ; statement++) {
            HttpRequest.Builder request = requests.get();
            log.clear();
            cuts.cutAt(statement);
            HttpResponse<String> answer = send(request);
            if (!cuts.hasCut()) {
                break;
            }
            statuses.add(answer.statusCode());
            String where = what + " at statement " + statement + ": " + answer.body();
            if (isRefusal(answer)) {
                // What was lost is the rollback of a refusal, which needs none.
                assertThat(isRefusal(send(requests.get()))).as(where).isTrue();
                assertThat(ofRequests()).as(where).isEmpty();
                continue;
            }
            assertThat(answer.statusCode()).as(where).isEqualTo(503);
            assertThat(json(answer).at("/error/code").asString()).isEqualTo("service_unavailable");
            assertThat(answer.headers().firstValue("retry-after")).as(where).hasValue("2");
            assertOneLine(where);
        }
        assertThat(statuses).as(what).isNotEmpty();
    }

    private void assertOneLine(String where) {
        assertThat(ofRequests()).as(where).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).as(event.getFormattedMessage()).isEqualTo(Level.WARN);
            assertThat(event.getThrowableProxy()).isNull();
            assertThat(event.getFormattedMessage()).doesNotContain("\n");
        });
    }

    private List<ILoggingEvent> ofRequests() {
        return log.lines().stream()
                .filter(event -> event.getThreadName().startsWith("http-nio"))
                .toList();
    }

    private static boolean isRefusal(HttpResponse<String> answer) {
        return answer.statusCode() >= 400 && answer.statusCode() < 500;
    }

    private HttpRequest.Builder admin(String path) {
        return request(ALPHA, path).setHeader("Authorization", "Bearer admin-key-0123456789");
    }

    private static HttpRequest.Builder json(HttpRequest.Builder request, String body) {
        return request.header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')));
    }

    private static HttpRequest.Builder multipart(HttpRequest.Builder request, String body) {
        return request.header("Content-Type", UploadedRows.CONTENT_TYPE)
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
    }
}
