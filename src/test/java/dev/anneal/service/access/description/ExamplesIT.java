package dev.anneal.service.access.description;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.access.web.ApiDescription;
import dev.anneal.service.access.web.ApiDescription.BodyExample;
import dev.anneal.service.files.FilePurpose;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A fresh installation takes the examples of the description as they stand, but for the id of an uploaded file. */
class ExamplesIT extends ServiceTest {

    /**
     * What they are about must be there first: parts, jobs that have ended, a model, an adapter, a draft; or something
     * that this process does not do.
     */
    private static final Set<String> NOT_OF_A_FRESH_INSTALLATION = Set.of(
            "POST /v1/uploads/{upload_id}/complete",
            "POST /v1/fine_tuning/jobs/{job_id}/exports",
            "POST /v1/fine_tuning/jobs/{job_id}/merge",
            "POST /v1/fine_tuning/jobs/{job_id}/exports/{export_id}/push",
            "POST /v1/fine_tuning/exports",
            "POST /v1/fine_tuning/exports/{export_id}/push",
            "POST /v1/fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions",
            "POST /v1/models/{model}/draft",
            // Nobody answers at hooks.example.com.
            "POST /v1/webhook_endpoints/{webhook_endpoint_id}/test",
            // The operator has to allow models of the Hub.
            "POST /v1/anneal/base_models",
            // By processes with the role inference.
            "POST /v1/chat/completions",
            "POST /v1/completions");

    private static final Pattern FILE = Pattern.compile("`(src/main/resources/demo/[^`]+)`");

    private final Map<String, String> files = new HashMap<>();
    private String endpoint = "";

    @Test
    void examplesAreTaken() throws IOException {
        List<String> sent = new ArrayList<>();
        for (BodyExample example : ApiDescription.bodyExamples()) {
            if (NOT_OF_A_FRESH_INSTALLATION.contains(example.operation())) {
                continue;
            }
            HttpResponse<String> answer = send(example);

            assertThat(answer.statusCode())
                    .as(example + " answered " + answer.body())
                    .isIn(200, 202);
            if (example.operation().equals("POST /v1/webhook_endpoints")) {
                endpoint = json(answer).path("id").asString();
            }
            sent.add(example.operation());
        }
        assertThat(sent).hasSizeGreaterThan(18);
    }

    private HttpResponse<String> send(BodyExample example) throws IOException {
        String path = example.operation()
                .replaceFirst("^POST ", "")
                // As the example of a new project names it.
                .replace("{project_id}", "team-a")
                .replace("{webhook_endpoint_id}", endpoint);
        String body = example.value().toString();
        Matcher file = FILE.matcher(example.description());
        if (file.find()) {
            body = body.replace("file-...", uploaded(file.group(1)));
        }
        HttpRequest.Builder request = request(ALPHA, path);
        if (path.startsWith("/v1/organization/")) {
            request.setHeader("Authorization", "Bearer admin-key-0123456789");
        }
        return send(request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private String uploaded(String file) throws IOException {
        String known = files.get(file);
        if (known != null) {
            return known;
        }
        String id = file(ALPHA, FilePurpose.FINE_TUNE, Files.readString(Path.of(file)));
        files.put(file, id);
        return id;
    }
}
