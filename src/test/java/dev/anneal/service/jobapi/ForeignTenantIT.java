package dev.anneal.service.jobapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** To another tenant, what a tenant has does not exist: every route with an id answers 404, and every list is empty. */
class ForeignTenantIT extends ServiceTest {

    @Autowired
    private RequestMappingHandlerMapping requestMappingHandlerMapping;

    @Test
    void everyRouteWithAForeignIdAnswers404() {
        String job = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().finish(0);
        String export = json(post(ALPHA, "/v1/fine_tuning/jobs/" + job + "/merge", ""))
                .get("id")
                .stringValue();
        String model = job(ALPHA, job).get("fine_tuned_model").stringValue();
        Set<String> routes = routes();
        assertThat(routes).hasSizeGreaterThan(15);

        for (String route : routes) {
            String[] parts = route.split(" ", 2);
            String path = parts[1].startsWith("/v1/models")
                    ? "/v1/models/" + model
                    : parts[1].replace("{id}", job)
                            .replace("{jobId}", job)
                            .replace("{exportId}", export)
                            .replace("{name}", "config.json");
            String body = parts[1].endsWith("/exports") ? "{\"kind\": \"merged\"}" : "";
            HttpResponse<String> answer = send(request(BETA, path)
                    .header("Content-Type", "application/json")
                    .method(parts[0], HttpRequest.BodyPublishers.ofString(body)));
            assertThat(answer.statusCode()).as(route + " " + answer.body()).isEqualTo(404);
            assertThat(json(answer).path("error").path("code").stringValue()).isEqualTo("not_found");
        }
    }

    @Test
    void listsShowNothingOfOthers() {
        queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().finish(0);

        assertThat(json(get(BETA, "/v1/fine_tuning/jobs")).get("data")).isEmpty();
        assertThat(get(BETA, "/v1/models").body()).doesNotContain("ft:");
    }

    @Test
    void requestsWithoutAKeyAreRefusedOnEveryRoute() {
        for (String route : routes()) {
            String[] parts = route.split(" ", 2);
            HttpResponse<String> answer = send(request(ALPHA, parts[1].replaceAll("[{}]", ""))
                    .setHeader("Authorization", "Bearer nonsense-0123456789")
                    .method(parts[0], HttpRequest.BodyPublishers.noBody()));
            assertThat(answer.statusCode()).as(route).isEqualTo(401);
        }
    }

    /** Method and pattern of every route of jobs and models that names an object. */
    private Set<String> routes() {
        Set<String> routes = new TreeSet<>();
        for (RequestMappingInfo info :
                requestMappingHandlerMapping.getHandlerMethods().keySet()) {
            Set<String> patterns = info.getPatternValues();
            for (RequestMethod method : info.getMethodsCondition().getMethods()) {
                patterns.stream()
                        .filter(pattern ->
                                pattern.startsWith("/v1/fine_tuning/jobs/{") || pattern.equals("/v1/models/{id}"))
                        .map(pattern -> method.name() + " " + pattern)
                        .forEach(routes::add);
            }
        }
        assertThat(routes)
                .containsAll(List.of(
                        "GET /v1/fine_tuning/jobs/{id}",
                        "POST /v1/fine_tuning/jobs/{id}/cancel",
                        "DELETE /v1/models/{id}"));
        return routes;
    }
}
