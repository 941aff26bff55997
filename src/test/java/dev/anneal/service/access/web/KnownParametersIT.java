package dev.anneal.service.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.access.security.Route;
import dev.anneal.service.access.tenant.Scope;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Unknown query parameters are refused as unknown keys of bodies are (#17). */
class KnownParametersIT extends ServiceTest {

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mappings;

    @Test
    void noRouteOverlooksAParameter() {
        List<Route> routes = Route.of(mappings);
        assertThat(routes).hasSizeGreaterThan(60);
        for (Route route : routes) {
            String path = route.path(variable -> "x");
            URI uri = request(ALPHA, path + (path.contains("?") ? "&" : "?") + "limitt=3")
                    .build()
                    .uri();
            String key =
                    Scope.ofAdministrators().contains(route.scope()) ? "admin-key-0123456789" : "alpha-key-0123456789";

            HttpResponse<String> answer = send(route.request(uri).header("Authorization", "Bearer " + key));

            assertThat(answer.statusCode()).as(route + " " + answer.body()).isEqualTo(400);
            assertThat(json(answer).at("/error/code").asString()).isEqualTo("unknown_parameter");
            assertThat(json(answer).at("/error/param").asString()).isEqualTo("limitt");
        }
    }

    @Test
    void refusalSaysWhatIsKnown() {
        assertThat(json(get(ALPHA, "/v1/files?purpos=fine-tune"))
                        .at("/error/message")
                        .asString())
                .isEqualTo(
                        "unknown query parameter 'purpos'; known here are purpose, after, limit, order. Did you mean 'purpose'? Remove it or correct its name");
        assertThat(json(get(ALPHA, "/v1/models?limit=3")).at("/error/message").asString())
                .isEqualTo("unknown query parameter 'limit'; none is known here. Remove it or correct its name");
    }

    /** What OpenAI's SDKs send. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/files?after=&limit=10000&order=asc&purpose=fine-tune",
                "/v1/files?",
                "/v1/files?limit=1&",
                "/v1/fine_tuning/jobs?limit=20&metadata%5Bteam%5D=a",
                "/v1/fine_tuning/jobs?metadata=null",
                "/v1/fine_tuning/evaluations?limit=1&order=desc"
            })
    void whatSdksSendIsRead(String path) {
        assertThat(get(ALPHA, path).statusCode()).isEqualTo(200);
    }
}
