package dev.anneal.service.storage.s3;

import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.ObservedArtifactStore;
import dev.anneal.service.storage.StoreMeters;
import java.nio.file.Path;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/** The store of type {@code s3}. A process refuses to start without its bucket. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "anneal.storage.type", havingValue = "s3")
class S3Configuration {

    @Bean
    ArtifactStore s3ArtifactStore(S3Properties properties, CacheProperties cache, StoreMeters meters) {
        AwsCredentialsProvider credentials =
                DefaultCredentialsProvider.builder().build();
        return new ObservedArtifactStore(store(properties, cache, credentials), meters);
    }

    static S3ArtifactStore store(S3Properties properties, CacheProperties cache, AwsCredentialsProvider credentials) {
        Bucket bucket = BucketCheck.usable(properties, credentials);
        Path root = Path.of(cache.directory()).toAbsolutePath().normalize();
        return new S3ArtifactStore(
                bucket,
                properties.presignedDownloads() ? BucketClient.presigner(properties, credentials) : null,
                new LocalCache(root, cache.maxSize().toBytes()),
                root.resolve("work"));
    }
}
