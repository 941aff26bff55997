package dev.anneal.service.storage.s3;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The bucket of a store of type {@code s3}. Credentials come from the AWS SDK's default chain: environment, profile, web identity, container, instance.
 *
 * @param bucket its name; the bucket must exist
 * @param endpoint address of a server other than Amazon's, {@code http://minio:9000}
 * @param region absent: what the AWS SDK finds in its environment, or {@code us-east-1} where an endpoint is set
 * @param pathStyle whether the bucket's name stands in the path and not in the host's name; absent: where an endpoint is set
 * @param prefix of all keys, so that a bucket can be shared
 * @param checksums {@code when_required} or {@code when_supported}: when the SDK adds its checksums, which not every server knows; absent:
 *     {@code when_required} where an endpoint is set
 * @param presignedDownloads whether clients that download are sent to the bucket, which they must be able to reach
 * @param presignedEndpoint address of the bucket's server as clients reach it, if it is another
 */
@ConfigurationProperties("anneal.storage.s3")
record S3Properties(
        @Nullable String bucket,
        @Nullable URI endpoint,
        @Nullable String region,
        @Nullable Boolean pathStyle,
        @DefaultValue("") String prefix,
        @Nullable Checksums checksums,
        @DefaultValue("false") boolean presignedDownloads,
        @Nullable URI presignedEndpoint) {

    /** When checksums are sent and verified. */
    enum Checksums {
        WHEN_REQUIRED,
        WHEN_SUPPORTED
    }

    boolean usesPathStyle() {
        return pathStyle == null ? endpoint != null : pathStyle;
    }

    Checksums usedChecksums() {
        if (checksums != null) {
            return checksums;
        }
        return endpoint == null ? Checksums.WHEN_SUPPORTED : Checksums.WHEN_REQUIRED;
    }
}
