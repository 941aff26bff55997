package dev.anneal.service.access.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.access.ratelimit.RateLimit.Allowance;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Buckets of tokens, by caller. */
class RateLimitTest {

    @Test
    void tokensAreTakenUntilNoneIsLeft() {
        RateLimit limit = new RateLimit(2);

        assertThat(limit.take("one")).satisfies(first -> {
            assertThat(first.isGranted()).isTrue();
            assertThat(first.limit()).isEqualTo(2);
            assertThat(first.remaining()).isEqualTo(1);
            assertThat(first.untilFull()).isBetween(Duration.ofSeconds(29), Duration.ofSeconds(30));
            assertThat(first.untilNext()).isZero();
        });
        assertThat(limit.take("one").isGranted()).isTrue();
        Allowance refused = limit.take("one");
        assertThat(refused.isGranted()).isFalse();
        assertThat(refused.remaining()).isZero();
        assertThat(refused.untilNext()).isBetween(Duration.ofSeconds(28), Duration.ofSeconds(30));
        assertThat(limit.take("two").isGranted()).isTrue();
    }

    @Test
    void tokensComeBackEvenly() throws InterruptedException {
        RateLimit limit = new RateLimit(600);
        for (int call = 0; call < 600; call++) {
            limit.take("one");
        }
        Thread.sleep(250);

        assertThat(limit.take("one").isGranted()).isTrue();
    }

    @Test
    void zeroIsNoLimit() {
        RateLimits none = new RateLimits(new RateLimitProperties(0, 0, 0));

        assertThat(none.requests()).isEmpty();
        assertThat(none.failedAuthentications()).isEmpty();
        assertThat(none.allFailedAuthentications()).isEmpty();
    }

    @Test
    void propertiesByTheirDocumentedNames() {
        assertThat(bind(Map.of())).isEqualTo(new RateLimitProperties(6000, 60, 600));
        assertThat(bind(Map.of(
                        "anneal.rate-limits.requests-per-minute", "7",
                        "anneal.rate-limits.failed-authentications-per-minute", "8",
                        "anneal.rate-limits.all-failed-authentications-per-minute", "9")))
                .isEqualTo(new RateLimitProperties(7, 8, 9));
    }

    private static RateLimitProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.rate-limits", RateLimitProperties.class);
    }
}
