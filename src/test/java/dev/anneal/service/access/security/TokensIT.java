package dev.anneal.service.access.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.anneal.penetration.Penetration;
import dev.anneal.service.access.web.ApiTestBase;
import dev.anneal.service.platform.database.TestDatabase;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Tokens of two issuers, of which one names its keys itself, beside keys; a third issuer is away. */
class TokensIT extends ApiTestBase {

    private static final TestIssuer COMPANY = new TestIssuer();
    private static final TestIssuer CLUSTER = new TestIssuer();
    private static final String AWAY = "http://localhost:9";
    private static final String KEY = "sk-0123456789abcdef-key";

    @DynamicPropertySource
    static void issuers(DynamicPropertyRegistry properties) {
        properties.add("anneal.api-keys", () -> "keys:" + KEY);
        properties.add("anneal.oidc.issuers[0].uri", COMPANY::uri);
        properties.add("anneal.oidc.issuers[0].audiences", () -> TestIssuer.AUDIENCE + ",other");
        properties.add("anneal.oidc.issuers[0].grants-admin", () -> "true");
        properties.add("anneal.oidc.issuers[1].uri", CLUSTER::uri);
        properties.add("anneal.oidc.issuers[1].jwk-set-uri", CLUSTER::keysUri);
        properties.add("anneal.oidc.issuers[1].audiences", () -> TestIssuer.AUDIENCE);
        properties.add("anneal.oidc.issuers[1].tenant-claim", () -> "/kubernetes.io/namespace");
        properties.add("anneal.oidc.issuers[1].scope-claim", () -> "roles");
        properties.add("anneal.oidc.issuers[1].scope-prefix", () -> "anneal:");
        properties.add("anneal.oidc.issuers[1].default-scopes", () -> "jobs:read");
        properties.add("anneal.oidc.issuers[1].tenants", () -> "team-b,ci");
        properties.add("anneal.oidc.issuers[2].uri", () -> AWAY);
        properties.add("anneal.oidc.issuers[2].audiences", () -> TestIssuer.AUDIENCE);
    }

    @Test
    void tokenNamesTenantAndScopes() throws Exception {
        String token = COMPANY.sign(COMPANY.claims());

        Answer files = get("/v1/files", token);
        assertThat(files.status()).as(files.body()).isEqualTo(200);
        assertThat(files.header("openai-organization")).isEqualTo("team-a");
        assertThat(get("/v1/models", token).errorCode()).isEqualTo("missing_scope");
        assertThat(get("/v1/files", KEY).header("openai-organization")).isEqualTo("keys");
    }

    @Test
    void claimsMayLieInObjectsAndScopesHaveAPrefix() throws Exception {
        JWTClaimsSet.Builder claims =
                CLUSTER.claims().claim("tenant", null).claim("kubernetes.io", Map.of("namespace", "team-b"));

        String bare = CLUSTER.sign(claims);
        assertThat(get("/v1/fine_tuning/jobs", bare).header("openai-organization"))
                .isEqualTo("team-b");
        assertThat(get("/v1/files", bare).errorCode()).isEqualTo("missing_scope");

        String scoped = CLUSTER.sign(claims.claim(
                "roles", List.of("anneal:files:read", "jobs:read", "anneal:admin", "anneal:installation:write")));
        assertThat(get("/v1/files", scoped).status()).isEqualTo(200);
        assertThat(get("/v1/fine_tuning/jobs", scoped).errorCode()).isEqualTo("missing_scope");
        assertThat(get("/v1/organization/projects", scoped).errorCode()).isEqualTo("missing_scope");
        assertThat(send(HttpRequest.newBuilder(uri("/v1/anneal/base_models"))
                                .header("authorization", "Bearer " + scoped)
                                .POST(HttpRequest.BodyPublishers.noBody()))
                        .errorCode())
                .isEqualTo("missing_scope");
    }

    @Test
    void issuerMayBeLetGrantAdministration() throws Exception {
        String token = COMPANY.sign(COMPANY.claims().claim("scope", "admin"));

        assertThat(get("/v1/organization/projects", token).status()).isEqualTo(200);
    }

    @Penetration
    @Test
    void tokenOfAnotherPlaceTimeOrPurposeIsRefused() throws Exception {
        Instant now = Instant.now();

        assertRefused("token_issuer_unknown", COMPANY.sign(COMPANY.claims().issuer("https://elsewhere.example")));
        assertRefused("token_issuer_unknown", COMPANY.sign(COMPANY.claims().issuer(null)));
        assertRefused("token_audience_invalid", COMPANY.sign(COMPANY.claims().audience("billing")));
        assertRefused("token_audience_invalid", COMPANY.sign(COMPANY.claims().audience((String) null)));
        assertRefused(
                "token_expired",
                COMPANY.sign(COMPANY.claims()
                        .issueTime(Date.from(now.minusSeconds(300)))
                        .expirationTime(Date.from(now.minusSeconds(90)))));
        assertRefused("token_expired", COMPANY.sign(COMPANY.claims().expirationTime(null)));
        assertRefused("token_expired", COMPANY.sign(COMPANY.claims().notBeforeTime(Date.from(now.plusSeconds(90)))));
        assertRefused("token_invalid", COMPANY.sign(COMPANY.claims().claim("tenant", null)));
        assertRefused("token_invalid", COMPANY.sign(COMPANY.claims().claim("tenant", "../team-a")));
    }

    @Penetration
    @Test
    void tokenThatItsIssuerDidNotSignIsRefused() throws Exception {
        String good = COMPANY.sign(COMPANY.claims());

        assertRefused("token_invalid", COMPANY.sign(COMPANY.claims(), TestIssuer.newKey()));
        assertRefused("token_invalid", CLUSTER.sign(COMPANY.claims()));
        assertRefused("token_invalid", new PlainJWT(COMPANY.claims().build()).serialize());
        assertRefused("token_invalid", signedWithThePublicKeyAsASecret());
        assertRefused("token_invalid", good.substring(0, good.lastIndexOf('.') + 1));
        assertRefused("token_invalid", good.substring(0, good.lastIndexOf('.') + 1) + "AAAA");
        assertRefused("token_invalid", "a.b.c");
        assertRefused("invalid_api_key", "a.b");
    }

    @Test
    void tokenOfAnIssuerThatIsAwayIsToBeSentAgain() throws Exception {
        Answer answer = get("/v1/files", COMPANY.sign(COMPANY.claims().issuer(AWAY)));

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.errorCode()).isEqualTo("service_unavailable");
        assertThat(answer.header("retry-after")).isEqualTo("2");
    }

    @Penetration
    @Test
    void tokenOfAnArchivedProjectNoLongerWorks() throws Exception {
        TestDatabase.administrator()
                .sql("INSERT INTO tenant (id, created_at, archived_at) VALUES ('team-of-old', now(), now())")
                .update();

        assertRefused("project_archived", COMPANY.sign(COMPANY.claims().claim("tenant", "team-of-old")));
    }

    /** Scopes of another form are not those of a token without any. */
    @Test
    void scopesThatAreNoNamesAreRefused() throws Exception {
        JWTClaimsSet.Builder claims = CLUSTER.claims().claim("kubernetes.io", Map.of("namespace", "team-b"));
        for (Object scopes :
                List.of(7, true, Map.of("jobs", "read"), List.of("jobs:read", 7), List.of(List.of("jobs:read")))) {
            assertRefused("token_invalid", CLUSTER.sign(claims.claim("roles", scopes)));
        }
    }

    @Test
    void tokenOfATenantThatItsIssuerMayNotNameIsRefused() throws Exception {
        JWTClaimsSet.Builder claims = CLUSTER.claims();

        assertRefused("token_invalid", CLUSTER.sign(claims.claim("kubernetes.io", Map.of("namespace", "team-a"))));
        assertRefused("token_invalid", CLUSTER.sign(claims.claim("kubernetes.io", Map.of("namespace", "keys"))));
        assertThat(get("/v1/fine_tuning/jobs", CLUSTER.sign(claims.claim("kubernetes.io", Map.of("namespace", "ci"))))
                        .status())
                .isEqualTo(200);
    }

    private static String signedWithThePublicKeyAsASecret() throws JOSEException {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .keyID(COMPANY.key().getKeyID())
                        .build(),
                COMPANY.claims().build());
        token.sign(new MACSigner(COMPANY.key().toRSAPublicKey().getEncoded()));
        return token.serialize();
    }

    private void assertRefused(String code, String token) throws Exception {
        Answer answer = get("/v1/files", token);
        assertThat(answer.errorCode()).as(answer.body()).isEqualTo(code);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
    }

    private Answer get(String path, String credential) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).header("authorization", "Bearer " + credential));
    }
}
