package dev.anneal.service.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.ArtifactStoreContract;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** The contract, on a server that speaks S3. */
class S3ArtifactStoreIT extends ArtifactStoreContract {

    @TempDir
    private Path machine;

    private S3Properties properties;
    private ArtifactStore store;

    @BeforeEach
    void openStore() {
        properties = S3Server.properties(S3Server.endpoint(), S3Server.newBucket());
        store = S3Server.store(properties, machine);
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    /** Of which many may be on their way at a time. 8 MiB were taken for each before it was read. */
    @Test
    void shortContentTakesLittleMemory() throws IOException {
        store.write(ArtifactKey.ofFile("default", "file-0"), text("hello"), 5);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        store.write(ArtifactKey.ofFile("default", "file-1"), text("hello"), 5);

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2 << 20);
    }

    @Override
    protected ArtifactStore store() {
        return store;
    }

    /** S3 checks the condition and writes in one step; s3mock in two, between which another write may come. */
    @Override
    protected int markersAtATime() {
        return 1;
    }

    @Override
    protected void assertIsEmpty() {
        try (S3Client client = BucketClient.of(properties, S3Server.CREDENTIALS)) {
            assertThat(client.listObjectsV2(request -> request.bucket(properties.bucket()))
                            .contents())
                    .isEmpty();
            assertThat(client.listMultipartUploads(request -> request.bucket(properties.bucket()))
                            .uploads())
                    .isEmpty();
        }
    }
}
