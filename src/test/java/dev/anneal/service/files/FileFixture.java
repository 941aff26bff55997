package dev.anneal.service.files;

import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.storage.ArtifactStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.util.unit.DataSize;

/** The module without its threads, on the tests' database and a store of the test's own. */
public final class FileFixture {

    public static final FileProperties PROPERTIES = new FileProperties(
            DataSize.ofMegabytes(1), Duration.ofMinutes(1), 1, Duration.ofSeconds(5), Duration.ofSeconds(30));

    private final Files files;
    private final FileIntake intake;
    private final FileRemoval removal;
    private final StaticListableBeanFactory beans = new StaticListableBeanFactory();

    public FileFixture(ArtifactStore store, Clock clock, FileListener... listeners) {
        usedBy(null);
        for (int i = 0; i < listeners.length; i++) {
            beans.addBean("listener" + i, listeners[i]);
        }
        FileRows rows = new FileRows(TestDatabase.jdbc(), clock);
        ObjectProvider<FileListener> told = beans.getBeanProvider(FileListener.class);
        this.removal = new FileRemoval(
                TestDatabase.jdbc(), TestDatabase.system(), store, beans.getBeanProvider(FileUsage.class), told);
        this.files = new Files(TestDatabase.tenant(), removal, rows);
        this.intake = new FileIntake(
                TestDatabase.tenant(), store, TestDatabase.identifiers(), removal, PROPERTIES, told, rows);
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
        beans.addBean("usage", new FileUsage(id == null ? "SELECT '' WHERE false" : "SELECT '" + id + "'"));
    }

    public StoredFile upload(String content) {
        return upload(content, null);
    }

    StoredFile upload(String content, @Nullable Duration expiresAfter) {
        return upload("default", content, expiresAfter);
    }

    public StoredFile uploadOf(String tenantId, String content) {
        return upload(tenantId, content, null);
    }

    private StoredFile upload(String tenantId, String content, @Nullable Duration expiresAfter) {
        try {
            ReceivedFile received = intake.receive(
                    tenantId, "rows.jsonl", new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
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
