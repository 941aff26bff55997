package dev.anneal.service.storage.s3;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Creates the SDK's clients from the settings. */
final class BucketClient {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    /** More than the container has threads: each download that goes through the service holds one. */
    private static final int CONNECTIONS = 256;

    private BucketClient() {}

    static S3Client of(S3Properties properties, AwsCredentialsProvider credentials) {
        boolean whenRequired = properties.usedChecksums() == S3Properties.Checksums.WHEN_REQUIRED;
        S3ClientBuilder builder = S3Client.builder()
                .region(region(properties))
                .credentialsProvider(credentials)
                .forcePathStyle(properties.usesPathStyle())
                .requestChecksumCalculation(
                        whenRequired
                                ? RequestChecksumCalculation.WHEN_REQUIRED
                                : RequestChecksumCalculation.WHEN_SUPPORTED)
                .responseChecksumValidation(
                        whenRequired
                                ? ResponseChecksumValidation.WHEN_REQUIRED
                                : ResponseChecksumValidation.WHEN_SUPPORTED)
                .httpClientBuilder(Apache5HttpClient.builder()
                        .connectionTimeout(CONNECT_TIMEOUT)
                        .socketTimeout(SILENCE)
                        .maxConnections(CONNECTIONS));
        if (properties.endpoint() != null) {
            builder.endpointOverride(properties.endpoint());
        }
        if (whenRequired) {
            // Deleting several objects requires a checksum, and older servers support only Content-MD5.
            builder.addPlugin(LegacyMd5Plugin.create());
        }
        return builder.build();
    }

    static S3Presigner presigner(S3Properties properties, AwsCredentialsProvider credentials) {
        URI endpoint = properties.presignedEndpoint() == null ? properties.endpoint() : properties.presignedEndpoint();
        S3Presigner.Builder builder = S3Presigner.builder()
                .region(region(properties))
                .credentialsProvider(credentials)
                .serviceConfiguration(S3Configuration.builder()
                        .pathStyleAccessEnabled(properties.usesPathStyle())
                        .build());
        if (endpoint != null) {
            builder.endpointOverride(endpoint);
        }
        return builder.build();
    }

    private static Region region(S3Properties properties) {
        if (properties.region() != null) {
            return Region.of(properties.region());
        }
        @Nullable Region found = fromEnvironment();
        if (found != null) {
            return found;
        }
        if (properties.endpoint() != null) {
            return Region.US_EAST_1;
        }
        throw new IllegalStateException(
                "anneal.storage.s3.region is not set, and neither is AWS_REGION; name the region of the bucket");
    }

    private static @Nullable Region fromEnvironment() {
        try {
            return DefaultAwsRegionProviderChain.builder().build().getRegion();
        } catch (SdkClientException none) {
            return null;
        }
    }
}
