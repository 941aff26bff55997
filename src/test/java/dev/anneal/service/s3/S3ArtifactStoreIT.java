package dev.anneal.service.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.ArtifactStoreContract;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;
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
        store = S3Configuration.store(
                properties,
                new CacheProperties(machine.toString(), DataSize.ofGigabytes(1)),
                S3Server.CREDENTIALS,
                Clock.systemUTC());
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Override
    protected ArtifactStore store() {
        return store;
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
