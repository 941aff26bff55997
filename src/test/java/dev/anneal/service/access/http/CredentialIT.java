package dev.anneal.service.access.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** A client learns what its credential is for before it calls what that may not. */
class CredentialIT extends ServiceTest {

    private static final String PATH = "/v1/anneal/credential";

    @Test
    void aTenantsKeyNamesItsProjectAndScopes() {
        assertThat(json(get(ALPHA, PATH)).toString()).startsWith("""
                {"object":"anneal.credential","kind":"configured_key","id":"configured_""").endsWith("""
                "project_id":"alpha","scopes":["files:read","files:write","jobs:read","jobs:write","models:read","models:write",\
                "inference","webhooks:read","webhooks:write"]}""");
    }

    @Test
    void anAdministratorsKeyReachesNoProject() {
        assertThat(json(get("admin", PATH)).toString())
                .contains("\"project_id\":null,\"scopes\":[\"installation:write\",\"admin\"]");
    }

    @Test
    void aKeyOfOneScopeIsToldSo() {
        post("admin", "/v1/organization/projects", "{'name': 'Gamma', 'id': 'gamma'}");
        String key = json(post(
                        "admin",
                        "/v1/organization/projects/gamma/api_keys",
                        "{'name': 'reader', 'scopes': ['files:read']}"))
                .path("value")
                .asString();

        HttpResponse<String> told = send(request(ALPHA, PATH).setHeader("Authorization", "Bearer " + key));

        assertThat(told.statusCode()).isEqualTo(200);
        assertThat(json(told).path("kind").asString()).isEqualTo("api_key");
        assertThat(json(told).path("scopes").toString()).isEqualTo("[\"files:read\"]");
    }

    @Test
    void nobodyIsRefused() {
        assertThat(send(request("nobody", PATH)).statusCode()).isEqualTo(401);
    }
}
