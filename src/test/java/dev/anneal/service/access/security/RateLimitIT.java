package dev.anneal.service.access.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.errors.RateLimitException;
import dev.anneal.penetration.Penetration;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.access.tenant.IssuedKey;
import dev.anneal.service.access.tenant.IssuedKeys;
import dev.anneal.service.access.tenant.NewKey;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.platform.database.TestDatabase;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** A tenant's requests are counted and the client is told; keys that are none are tried only so often. */
@TestPropertySource(
        properties = {
            "anneal.api-keys=alpha:alpha-key-0123456789,beta:beta-key-0123456789,default:default-key-0123456789",
            "anneal.admin-keys=administrator-key-0123456789",
            "server.forward-headers-strategy=native",
            "anneal.rate-limits.requests-per-minute=6",
            "anneal.rate-limits.failed-authentications-per-minute=3",
            "anneal.rate-limits.all-failed-authentications-per-minute=30"
        })
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Penetration
class RateLimitIT extends ServiceTest {

    @Autowired
    private IssuedKeys issued;

    @Test
    void requestsBeyondTheLimitAreRefusedWithTheTimeToWait() {
        for (int left = 5; left >= 0; left--) {
            HttpResponse<String> answer = get(ALPHA, "/v1/models");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(header(answer, "x-ratelimit-limit-requests")).isEqualTo("6");
            assertThat(header(answer, "x-ratelimit-remaining-requests")).isEqualTo(Integer.toString(left));
            assertThat(header(answer, "x-ratelimit-reset-requests")).matches("(1m)?\\d+s");
        }
        HttpResponse<String> refused = get(ALPHA, "/v1/models");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(json(refused).at("/error/code").stringValue()).isEqualTo("rate_limit_exceeded");
        assertThat(json(refused).at("/error/type").stringValue()).isEqualTo("rate_limit_error");
        assertThat(Integer.parseInt(header(refused, "retry-after-ms"))).isBetween(1, 8001);
        assertThat(Integer.parseInt(header(refused, "retry-after"))).isBetween(1, 8);
        assertThatExceptionOfType(RateLimitException.class)
                .isThrownBy(() -> openai(ALPHA).models().list());

        assertThat(get(BETA, "/v1/models").statusCode()).isEqualTo(200);
    }

    @Test
    void administratorsHaveALimitOfTheirOwn() {
        for (int request = 0; request < 6; request++) {
            assertThat(get("administrator", "/v1/organization/projects").statusCode())
                    .isEqualTo(200);
        }
        HttpResponse<String> refused = get("administrator", "/v1/organization/projects");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(json(refused).at("/error/message").stringValue())
                .startsWith("Administrators have sent more than 6 requests in a minute.");

        HttpResponse<String> other = get("default", "/v1/models");
        assertThat(header(other, "x-ratelimit-remaining-requests")).isEqualTo("5");
    }

    /** But whoever shows one that was good before, or that is configured, is served from the same address. */
    @Test
    void keysThatAreNoneAreRefusedSoonerOrLaterWithoutAWordAboutThem() {
        TestDatabase.administrator()
                .sql("INSERT INTO tenant (id, created_at) VALUES ('gamma', now())")
                .update();
        NewKey wanted = new NewKey("ci", Set.of(Scope.FILES_READ), null);
        String inUse = issued.create("gamma", wanted).secret();
        String neverSeen = issued.create("gamma", wanted).secret();
        assertThat(files(inUse).statusCode()).isEqualTo(200);

        for (int attempt = 0; attempt < 3; attempt++) {
            assertThat(files("nonsense-0123456789").statusCode()).isEqualTo(401);
        }
        for (String unknown : List.of("nonsense-0123456789", neverSeen)) {
            HttpResponse<String> refused = files(unknown);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(json(refused).at("/error/code").stringValue()).isEqualTo("too_many_failed_authentications");
        }

        assertThat(get(BETA, "/v1/files").statusCode()).isEqualTo(200);
        assertThat(files(inUse).statusCode()).isEqualTo(200);
    }

    /** Whoever has one IPv6 address has 2^64 of them. */
    @Test
    void attemptsFromOneNetworkCountTogether() {
        for (int address = 1; address <= 3; address++) {
            assertThat(attemptFrom("2001:db8:1:2::" + address)).isEqualTo(401);
        }

        assertThat(attemptFrom("2001:db8:1:2:abcd::4")).isEqualTo(429);
        assertThat(attemptFrom("2001:db8:1:3::1")).isEqualTo(401);
    }

    /** Last, because it uses up the attempts of all addresses. */
    @Test
    @Order(Integer.MAX_VALUE)
    void attemptsFromManyAddressesCountTogetherAndKeepNoKeyFromWork() {
        TestDatabase.administrator()
                .sql("INSERT INTO tenant (id, created_at) VALUES ('gamma', now())")
                .update();
        for (int address = 1; address <= 60; address++) {
            attemptFrom("10.0.0." + address);
        }
        NewKey wanted = new NewKey("ci", Set.of(Scope.FILES_READ), null);
        IssuedKey.Shown deleted = issued.create("gamma", wanted);
        issued.revoke("gamma", deleted.key().id());

        HttpResponse<String> refused = attemptFrom("10.0.1.1", deleted.secret());
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(json(refused).at("/error/code").stringValue()).isEqualTo("too_many_failed_authentications");
        assertThat(header(refused, "retry-after")).isEqualTo("2");
        assertThat(attemptFrom("10.0.1.2")).isEqualTo(429);

        String neverSeen = issued.create("gamma", wanted).secret();
        assertThat(attemptFrom("10.0.1.3", neverSeen).statusCode()).isEqualTo(200);
        assertThat(get(BETA, "/v1/files").statusCode()).isEqualTo(200);
    }

    private int attemptFrom(String address) {
        return attemptFrom(address, "nonsense-0123456789").statusCode();
    }

    private HttpResponse<String> attemptFrom(String address, String key) {
        return send(request(ALPHA, "/v1/files")
                .setHeader("Authorization", "Bearer " + key)
                .setHeader("X-Forwarded-For", address));
    }

    @Test
    void durationsReadAsOpenAiWritesThem() {
        assertThat(RateLimitFilter.text(Duration.ofMillis(12))).isEqualTo("12ms");
        assertThat(RateLimitFilter.text(Duration.ofMillis(1900))).isEqualTo("1s");
        assertThat(RateLimitFilter.text(Duration.ofMinutes(6))).isEqualTo("6m0s");
    }

    private HttpResponse<String> files(String key) {
        return send(request(ALPHA, "/v1/files").setHeader("Authorization", "Bearer " + key));
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElseThrow();
    }
}
