package dev.anneal.service.storage.s3;

import dev.anneal.service.platform.startup.StartRefusedException;
import dev.anneal.service.storage.StorageException;
import java.net.URI;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;

/** Checks at start that the bucket exists and may be listed, written, read and deleted from. */
final class BucketCheck {

    private static final String REMEDY =
            "Check anneal.storage.s3.bucket, endpoint and region, at the credentials in this process's environment and"
                    + " what they allow, and whether the server is reachable from here (docs/storage.md).";

    private static final Pattern PREFIX = Pattern.compile("([A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*/?)?");

    private BucketCheck() {}

    /** @throws StartRefusedException if it is not usable */
    static Bucket usable(S3Properties properties, AwsCredentialsProvider credentials) {
        String name = properties.bucket();
        if (name == null || name.isBlank()) {
            throw new StartRefusedException(
                    "anneal.storage.type is s3 but anneal.storage.s3.bucket is not set",
                    "Name the bucket that holds the artifacts.");
        }
        Bucket bucket = new Bucket(
                client(properties, credentials),
                name,
                prefix(properties.prefix()),
                new S3Failures(place(name, properties.endpoint())));
        try {
            probe(bucket);
        } catch (StorageException failure) {
            bucket.client().close();
            throw new StartRefusedException(
                    "The artifact store cannot be used: " + failure.getMessage(), REMEDY, failure);
        }
        return bucket;
    }

    private static S3Client client(S3Properties properties, AwsCredentialsProvider credentials) {
        URI endpoint = properties.endpoint();
        if (endpoint != null && (endpoint.getHost() == null || endpoint.getUserInfo() != null)) {
            throw new StartRefusedException(
                    "anneal.storage.s3.endpoint must be an address such as http://minio:9000, without user and"
                            + " password",
                    "Credentials come from the environment of the process (AWS_ACCESS_KEY_ID, ...).");
        }
        try {
            return BucketClient.of(properties, credentials);
        } catch (IllegalStateException | SdkClientException failure) {
            throw new StartRefusedException(String.valueOf(failure.getMessage()), REMEDY, failure);
        }
    }

    /** Writes, finds and deletes an empty object whose name is not a key. */
    private static void probe(Bucket bucket) {
        String object = ".probe-" + UUID.randomUUID();
        bucket.check();
        bucket.put(object, new byte[0]);
        try {
            if (bucket.size(object).isEmpty() || bucket.named(object).isEmpty()) {
                throw new StorageException(
                        StorageException.Reason.FAILED,
                        "what was just stored in bucket '" + bucket.name() + "' is not found there",
                        null);
            }
        } finally {
            bucket.delete(object);
        }
    }

    private static String prefix(String prefix) {
        if (prefix.startsWith("/") || !PREFIX.matcher(prefix).matches()) {
            throw new StartRefusedException(
                    "anneal.storage.s3.prefix must be segments of letters, digits, '.', '_' and '-' with slashes"
                            + " between them, but is '" + prefix + "'",
                    "Change the prefix, or leave it out.");
        }
        return prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
    }

    private static String place(String bucket, @Nullable URI endpoint) {
        return "bucket '" + bucket + "'" + (endpoint == null ? "" : " at " + endpoint);
    }
}
