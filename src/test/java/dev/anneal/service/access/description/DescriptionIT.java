package dev.anneal.service.access.description;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.access.web.ApiDescription;
import dev.anneal.service.access.web.ApiTestBase;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.io.ClassPathResource;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The description names every route and no other. That answers are as it says is seen in every test of the API. */
class DescriptionIT extends ApiTestBase {

    /** The same resource under a path whose parameter holds a slash, which templates of OpenAPI cannot say. */
    private static final Set<String> SPELT_OTHERWISE = Set.of(
            "GET /v1/models/{}/{}",
            "DELETE /v1/models/{}/{}",
            "POST /v1/models/{}/{}/draft",
            "DELETE /v1/models/{}/{}/draft",
            "GET /v1/anneal/base_models/{}/{}");

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping routes;

    @Test
    void everyRouteIsDescribedAndEveryDescribedRouteIsThere() {
        Set<String> mapped = new TreeSet<>();
        routes.getHandlerMethods().keySet().forEach(route -> {
            for (RequestMethod method : route.getMethodsCondition().getMethods()) {
                route.getPatternValues()
                        .forEach(path -> mapped.add(method.name() + " " + ApiDescription.withoutNames(path)));
            }
        });
        mapped.removeAll(SPELT_OTHERWISE);

        assertThat(mapped).isEqualTo(ApiDescription.operations());
    }

    @Test
    void descriptionIsServedAsItIsCheckedIn() throws Exception {
        try (InputStream checkedIn = new ClassPathResource("openapi.yaml").getInputStream()) {
            assertThat(get("/openapi.yaml").body())
                    .isEqualTo(new String(checkedIn.readAllBytes(), StandardCharsets.UTF_8));
        }
        Answer json = get("/openapi.json");
        assertThat(json.header("content-type")).isEqualTo("application/json");
        assertThat(json.json().at("/openapi").asString()).isEqualTo("3.1.0");
        assertThat(json.json().at("/paths").size()).isGreaterThan(20);
    }
}
