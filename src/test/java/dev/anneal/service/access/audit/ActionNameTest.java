package dev.anneal.service.access.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the audit log calls the routes. */
class ActionNameTest {

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/files, file.created",
        "GET, /v1/files, file.read",
        "GET, /v1/files/{fileId}/content, content.read",
        "DELETE, /v1/files/{fileId}, file.deleted",
        "POST, /v1/fine_tuning/jobs, job.created",
        "POST, /v1/fine_tuning/jobs/{id}/pause, job.paused",
        "POST, /v1/fine_tuning/jobs/{jobId}/exports, export.created",
        "POST, /v1/fine_tuning/checkpoints/{model}/permissions, checkpoint.permission.created",
        "POST, /v1/fine_tuning/alpha/graders/run, grader.run",
        "POST, /v1/webhook_endpoints/{id}, webhook_endpoint.updated",
        "POST, /v1/webhook_endpoints/{id}/rotate_secret, webhook_endpoint.secret_rotated",
        "POST, /v1/webhook_endpoints/{id}/deliveries/{deliveryId}/replay, delivery.replayed",
        "DELETE, /v1/models/{organisation}/{name}, model.deleted",
        "POST, /v1/organization/projects/{projectId}, project.updated",
        "POST, /v1/organization/projects/{projectId}/archive, project.archived",
        "POST, /v1/organization/projects/{projectId}/quota, quota.updated",
        "POST, /v1/organization/projects/{projectId}/retention, retention.updated",
        "POST, /v1/organization/projects/{projectId}/api_keys, api_key.created",
        "DELETE, /v1/organization/admin_api_keys/{keyId}, api_key.deleted"
    })
    void routesHaveNames(String method, String pattern, String name) {
        assertThat(ActionName.of(method, pattern)).isEqualTo(name);
    }
}
