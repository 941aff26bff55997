package dev.anneal.service.storage.s3;

import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.storage.StoredUnit;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Objects of the bucket by their names after the prefix. Failures are {@link StorageException}s. */
final class Bucket {

    private static final int DELETED_AT_ONCE = 1000;
    private static final Duration ADDRESS_LIFETIME = Duration.ofMinutes(5);

    private final S3Client client;
    private final String name;
    private final String prefix;
    private final S3Failures failures;

    /**
     * @param prefix prefix of all keys, empty or ending with a slash
     */
    Bucket(S3Client client, String name, String prefix, S3Failures failures) {
        this.client = client;
        this.name = name;
        this.prefix = prefix;
        this.failures = failures;
    }

    String name() {
        return name;
    }

    /** The object's key in the bucket. */
    String key(String object) {
        return prefix + object;
    }

    /** Bucket, endpoint and prefix, for messages. */
    String place() {
        return failures.place() + (prefix.isEmpty() ? "" : " with the prefix '" + prefix + "'");
    }

    S3Client client() {
        return client;
    }

    StorageException failed(String action, Object key, SdkException failure) {
        return failures.of(action, key, failure);
    }

    <T> T asking(String action, Object key, Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException failure) {
            throw failures.of(action, key, failure);
        }
    }

    /** Bytes of an object, if there is one. */
    OptionalLong size(String object) {
        try {
            return OptionalLong.of(
                    client.headObject(request -> request.bucket(name).key(key(object)))
                            .contentLength());
        } catch (SdkException failure) {
            if (S3Failures.isMissing(failure)) {
                return OptionalLong.empty();
            }
            throw failures.of("look up", object, failure);
        }
    }

    /**
     * Opens an object.
     *
     * @param key key of the file or folder that the object belongs to
     * @param range value of the Range header, null for the whole object
     * @param entityTag required tag of the object, null for any
     */
    ResponseInputStream<GetObjectResponse> open(
            ArtifactKey key, String object, @Nullable String range, @Nullable String entityTag) {
        return find(object, range, entityTag).orElseThrow(() -> StorageException.notFound(key));
    }

    /** Opens an object, if there is one. */
    Optional<ResponseInputStream<GetObjectResponse>> find(
            String object, @Nullable String range, @Nullable String entityTag) {
        try {
            return Optional.of(client.getObject(request ->
                    request.bucket(name).key(key(object)).range(range).ifMatch(entityTag)));
        } catch (SdkException failure) {
            if (S3Failures.isMissing(failure)) {
                return Optional.empty();
            }
            throw failures.of("read", object, failure);
        }
    }

    void put(String object, byte[] content) {
        asking(
                "store",
                object,
                () -> client.putObject(request -> request.bucket(name).key(key(object)), bodyOf(content)));
    }

    /** A repeatable body; {@code RequestBody.fromBytes} would copy the content. */
    static RequestBody bodyOf(byte[] content) {
        return RequestBody.fromContentProvider(
                () -> new ByteArrayInputStream(content), content.length, "application/octet-stream");
    }

    /**
     * An address at which anybody can read the object for a few minutes. Downloads begun in time may finish afterwards.
     *
     * @param contentDisposition header of the response, whose content type browsers do not display
     */
    URI address(S3Presigner presigner, String object, String contentDisposition) {
        try {
            return presigner
                    .presignGetObject(presign -> presign.signatureDuration(ADDRESS_LIFETIME)
                            .getObjectRequest(request -> request.bucket(name)
                                    .key(key(object))
                                    .responseContentDisposition(contentDisposition)
                                    .responseContentType("application/octet-stream")))
                    .url()
                    .toURI();
        } catch (URISyntaxException | SdkException failure) {
            throw new StorageException(
                    StorageException.Reason.FAILED,
                    "cannot sign an address of '" + object + "': " + failure.getMessage(),
                    failure);
        }
    }

    void delete(String object) {
        asking(
                "delete",
                object,
                () -> client.deleteObject(request -> request.bucket(name).key(key(object))));
    }

    /** Deletes objects, ignoring missing ones. */
    void delete(List<String> objects) {
        for (int from = 0; from < objects.size(); from += DELETED_AT_ONCE) {
            List<ObjectIdentifier> batch =
                    objects.subList(from, Math.min(objects.size(), from + DELETED_AT_ONCE)).stream()
                            .map(object ->
                                    ObjectIdentifier.builder().key(key(object)).build())
                            .toList();
            String first = objects.get(from);
            DeleteObjectsResponse answer = asking(
                    "delete",
                    first,
                    () -> client.deleteObjects(request -> request.bucket(name)
                            .delete(delete -> delete.objects(batch).quiet(true))));
            if (answer.hasErrors() && !answer.errors().isEmpty()) {
                throw new StorageException(
                        StorageException.Reason.FAILED,
                        "cannot delete %d objects, the first of them '%s': %s"
                                .formatted(
                                        answer.errors().size(),
                                        answer.errors().get(0).key(),
                                        answer.errors().get(0).code()),
                        null);
            }
        }
    }

    /** Names of the objects that begin with {@code begin}. */
    List<String> named(String begin) {
        List<String> names = new ArrayList<>();
        list(begin, found -> names.add(found.name()));
        return names;
    }

    /** An object of the bucket with its name after the prefix. */
    record Found(String name, Instant writtenAt, long bytes) {}

    void list(String begin, Consumer<Found> visitor) {
        asking("list", begin, () -> {
            client.listObjectsV2Paginator(request -> request.bucket(name).prefix(key(begin)))
                    .contents()
                    .forEach(object -> visitor.accept(found(object)));
            return true;
        });
    }

    /** Lists at most one object. Unlike a HEAD of the bucket, a failure has a reason. */
    void check() {
        asking(
                "list",
                "",
                () -> client.listObjectsV2(
                        request -> request.bucket(name).prefix(prefix).maxKeys(1)));
    }

    private Found found(S3Object object) {
        return new Found(object.key().substring(prefix.length()), object.lastModified(), object.size());
    }

    /**
     * Aborts uploads of this service that began before {@code time}, whose processes are gone. Those of other programs
     * stay.
     */
    int abortUploadsBefore(Instant time) {
        return asking("list the uploads of", prefix, () -> {
            int aborted = 0;
            for (MultipartUpload upload : client.listMultipartUploadsPaginator(
                            request -> request.bucket(name).prefix(prefix))
                    .uploads()) {
                if (upload.initiated().isBefore(time) && isOurs(upload)) {
                    aborted += abort(upload);
                }
            }
            return aborted;
        });
    }

    private boolean isOurs(MultipartUpload upload) {
        return ArtifactKey.stored(upload.key().substring(prefix.length()))
                .flatMap(StoredUnit::of)
                .isPresent();
    }

    /** Another process may sweep at the same time and abort it first. */
    private int abort(MultipartUpload upload) {
        try {
            client.abortMultipartUpload(
                    request -> request.bucket(name).key(upload.key()).uploadId(upload.uploadId()));
            return 1;
        } catch (SdkException failure) {
            if (S3Failures.isMissing(failure)) {
                return 0;
            }
            throw failure;
        }
    }
}
