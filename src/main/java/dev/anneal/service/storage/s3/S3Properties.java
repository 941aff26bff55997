package dev.anneal.service.storage.s3;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The bucket of a store of type {@code s3}. Credentials come from the AWS SDK's default chain.
 *
 * @param bucket name of the bucket, which must exist
 * @param endpoint address of a server other than Amazon's, such as {@code http://minio:9000}
 * @param region region of the bucket; null: what the AWS SDK finds in its environment, or {@code us-east-1} if an
 *     endpoint is set
 * @param pathStyle whether the bucket's name is part of the path instead of the host name; null: yes if an endpoint is
 *     set
 * @param prefix prefix of all keys, so that a bucket can be shared
 * @param checksums {@code when_required} or {@code when_supported}: when requests carry the SDK's checksums, which not
 *     every server supports; null: {@code when_required} if an endpoint is set
 * @param presignedDownloads whether downloads are redirected to the bucket, which clients must be able to reach
 * @param presignedEndpoint address at which clients reach the bucket's server, if different
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

    /** When requests carry checksums and responses are verified. */
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
