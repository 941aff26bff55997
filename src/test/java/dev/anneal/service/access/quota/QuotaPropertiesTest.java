package dev.anneal.service.access.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The properties of this module, by their documented names. */
class QuotaPropertiesTest {

    @Test
    void nothingIsLimitedByDefault() {
        assertThat(bind(Map.of()).quota()).isEqualTo(Quota.NONE);
    }

    @Test
    void everyPropertyCanBeSet() {
        assertThat(bind(Map.of(
                                "anneal.quotas.unfinished-jobs", "20",
                                "anneal.quotas.upload-size", "1MB",
                                "anneal.quotas.stored-size", "1GB",
                                "anneal.quotas.training-hours-per-month", "2.5"))
                        .quota())
                .isEqualTo(new Quota(null, 20, 1L << 20, 1L << 30, 2.5));
    }

    private static QuotaProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.quotas", QuotaProperties.class);
    }
}
