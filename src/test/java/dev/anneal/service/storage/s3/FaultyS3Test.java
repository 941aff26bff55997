package dev.anneal.service.storage.s3;

import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.LocalCopy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.services.s3.S3Client;

/** A store on a server that speaks S3, whose answers a proxy can spoil. */
abstract class FaultyS3Test {

    static final ArtifactKey FILE = ArtifactKey.ofFile("default", "file-1");
    static final ArtifactKey FOLDER = new ArtifactKey("default/ftjob-1/attempt-1/checkpoint-5");
    static final int LARGE = 20 << 20;
    static final String SECRET = "test-secret-key";

    @TempDir
    Path machines;

    FaultyProxy proxy;
    String bucket;
    ArtifactStore store;
    S3Client client;

    @BeforeEach
    void openStore() throws IOException {
        proxy = new FaultyProxy(S3Server.endpoint());
        bucket = S3Server.newBucket();
        store = store("a", bucket, DataSize.ofMegabytes(40));
        client = BucketClient.of(S3Server.properties(S3Server.endpoint(), bucket), S3Server.CREDENTIALS);
    }

    ArtifactStore store(String machine, String name, DataSize cache) {
        S3Properties properties =
                new S3Properties(name, proxy.endpoint(), null, null, "shared/prefix", null, true, null);
        return S3Configuration.store(
                properties, new CacheProperties(machines.resolve(machine).toString(), cache), S3Server.CREDENTIALS);
    }

    @AfterEach
    void close() {
        store.close();
        client.close();
        proxy.close();
    }

    /** Ends a transfer that nobody wants. */
    static final class UnwantedException extends RuntimeException {}

    /** From the first answer on. */
    Runnable unwantedAfter(String method) {
        long before = asked(method);
        return () -> {
            if (asked(method) > before) {
                throw new UnwantedException();
            }
        };
    }

    long asked(String method) {
        return proxy.asked().stream()
                .filter(asked -> asked.method().equals(method) && asked.path().contains("adapter.safetensors"))
                .count();
    }

    static Path passing(ArtifactStore store, ArtifactKey folder) {
        try (LocalCopy copy = store.localCopy(folder)) {
            return copy.path();
        }
    }

    void beginUpload(String name) {
        client.createMultipartUpload(request -> request.bucket(bucket).key("shared/prefix/" + name));
    }

    int uploads() {
        return client.listMultipartUploads(request -> request.bucket(bucket))
                .uploads()
                .size();
    }

    static String wholeText(Throwable failure) {
        java.io.StringWriter text = new java.io.StringWriter();
        failure.printStackTrace(new java.io.PrintWriter(text));
        return text.toString();
    }

    static void publish(ArtifactStore store, ArtifactKey key, int bytes) throws IOException {
        writeFolder(store, key, bytes);
        store.publish(key);
    }

    static void writeFolder(ArtifactStore store, ArtifactKey key, int bytes) throws IOException {
        Path folder = store.localFolder(key);
        Files.write(folder.resolve("adapter.safetensors"), random(bytes));
        Files.writeString(folder.resolve("state.json"), "{}");
    }

    static byte[] random(int bytes) {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return content;
    }

    static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
