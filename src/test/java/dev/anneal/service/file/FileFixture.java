package dev.anneal.service.file;

import dev.anneal.service.database.TestDatabase;
import dev.anneal.service.storage.ArtifactStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.unit.DataSize;

/** The module without its threads, on the tests' database and a store of the test's own. */
final class FileFixture {

    static final FileProperties PROPERTIES = new FileProperties(
            DataSize.ofMegabytes(1), Duration.ofMinutes(1), 1, Duration.ofSeconds(5), Duration.ofSeconds(30));

    private final Files files;
    private final FileIntake intake;
    private final FileRemoval removal;
    private @Nullable String user;

    FileFixture(ArtifactStore store, Clock clock) {
        StaticListableBeanFactory beans = new StaticListableBeanFactory();
        beans.addBean("usage", (FileUsage) this::unfinishedUser);
        this.removal = new FileRemoval(TestDatabase.system(), store, beans.getBeanProvider(FileUsage.class));
        this.files = new Files(TestDatabase.tenant(), removal, clock);
        this.intake = new FileIntake(
                TestDatabase.tenant(), store, TestDatabase.identifiers(), removal, PROPERTIES, event -> {}, clock);
    }

    Files files() {
        return files;
    }

    FileIntake intake() {
        return intake;
    }

    FileRemoval removal() {
        return removal;
    }

    /** From now on {@code id} reads every file; null for nobody. */
    void usedBy(@Nullable String id) {
        user = id;
    }

    private Optional<String> unfinishedUser(JdbcClient transaction, String tenantId, long fileKey, String fileId) {
        return Optional.ofNullable(user);
    }

    StoredFile upload(String content) {
        return upload(content, null);
    }

    StoredFile upload(String content, @Nullable Duration expiresAfter) {
        try {
            ReceivedFile received = intake.receive(
                    "default", "rows.jsonl", new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
            return intake.complete(received, FilePurpose.FINE_TUNE, expiresAfter);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    StoredFile find(StoredFile file) {
        return files.require(file.tenantId(), file.id());
    }

    static String rows(int count) {
        return row("Yes, of course.").repeat(count);
    }

    static String row(String answer) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":\"Can you help?\"},{\"role\":\"assistant\",\"content\":\""
                + answer + "\"}]}\n";
    }
}
