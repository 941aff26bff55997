package dev.anneal.service.files;

import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.storage.ArtifactStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.unit.DataSize;

/** The module without its threads, on the tests' database and a store of the test's own. */
public final class FileFixture {

    private static final FileProperties PROPERTIES = new FileProperties(DataSize.ofMegabytes(1), Duration.ofMinutes(1));

    private final Files files;
    private final FileIntake intake;
    private final FileRemoval removal;
    private @Nullable String user;

    public FileFixture(ArtifactStore store, Clock clock, FileListener... listeners) {
        StaticListableBeanFactory beans = new StaticListableBeanFactory();
        beans.addBean("usage", (FileUsage) this::unfinishedUser);
        for (int i = 0; i < listeners.length; i++) {
            beans.addBean("listener" + i, listeners[i]);
        }
        ObjectProvider<FileListener> told = beans.getBeanProvider(FileListener.class);
        this.removal = new FileRemoval(TestDatabase.system(), store, beans.getBeanProvider(FileUsage.class), told);
        this.files = new Files(TestDatabase.tenant(), removal, clock);
        this.intake = new FileIntake(
                TestDatabase.tenant(), store, TestDatabase.identifiers(), removal, PROPERTIES, told, clock);
    }

    public Files files() {
        return files;
    }

    public FileIntake intake() {
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

    public StoredFile upload(String content) {
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

    public StoredFile find(StoredFile file) {
        return files.require(file.tenantId(), file.id());
    }

    public static String rows(int count) {
        return row("Yes, of course.").repeat(count);
    }

    public static String row(String answer) {
        return "{\"messages\":[{\"role\":\"user\",\"content\":\"Can you help?\"},{\"role\":\"assistant\",\"content\":\""
                + answer + "\"}]}\n";
    }
}
