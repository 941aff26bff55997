package dev.anneal.service.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

/** The properties of this module. */
class S3PropertiesTest {

    @Test
    void defaults() {
        S3Properties amazon = bind("anneal.storage.s3", S3Properties.class, Map.of("anneal.storage.s3.bucket", "b"));
        S3Properties other = bind(
                "anneal.storage.s3",
                S3Properties.class,
                Map.of("anneal.storage.s3.bucket", "b", "anneal.storage.s3.endpoint", "http://minio:9000"));

        assertThat(amazon).isEqualTo(new S3Properties("b", null, null, null, "", null, false, null));
        assertThat(amazon.usesPathStyle()).isFalse();
        assertThat(amazon.usedChecksums()).isEqualTo(S3Properties.Checksums.WHEN_SUPPORTED);
        assertThat(other.usesPathStyle()).isTrue();
        assertThat(other.usedChecksums()).isEqualTo(S3Properties.Checksums.WHEN_REQUIRED);
        assertThat(bind(
                                "anneal.storage.cache",
                                CacheProperties.class,
                                Map.of("anneal.storage.cache.directory", "/cache"))
                        .maxSize())
                .isEqualTo(DataSize.ofGigabytes(50));
    }

    @Test
    void everyPropertyCanBeSet() {
        Map<String, String> values = Map.of(
                "anneal.storage.s3.bucket", "b",
                "anneal.storage.s3.endpoint", "http://minio:9000",
                "anneal.storage.s3.region", "eu-central-1",
                "anneal.storage.s3.path-style", "false",
                "anneal.storage.s3.prefix", "anneal",
                "anneal.storage.s3.checksums", "when_supported",
                "anneal.storage.s3.presigned-downloads", "true",
                "anneal.storage.s3.presigned-endpoint", "https://s3.example.org");

        assertThat(bind("anneal.storage.s3", S3Properties.class, values))
                .isEqualTo(new S3Properties(
                        "b",
                        URI.create("http://minio:9000"),
                        "eu-central-1",
                        false,
                        "anneal",
                        S3Properties.Checksums.WHEN_SUPPORTED,
                        true,
                        URI.create("https://s3.example.org")));
        assertThat(bind(
                        "anneal.storage.cache",
                        CacheProperties.class,
                        Map.of("anneal.storage.cache.directory", "/cache", "anneal.storage.cache.max-size", "1GB")))
                .isEqualTo(new CacheProperties("/cache", DataSize.ofGigabytes(1)));
    }

    private static <T> T bind(String prefix, Class<T> type, Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bind(prefix, type)
                .get();
    }
}
