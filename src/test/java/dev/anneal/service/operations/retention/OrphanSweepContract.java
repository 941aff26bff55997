package dev.anneal.service.operations.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Progress;
import dev.anneal.service.PlayedWorker;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Claimants;
import dev.anneal.service.results.export.ExportJournal;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.TestOwnership;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * What no row names goes from every store, a week after it was first seen; what a row names, and what is not ours,
 * never.
 */
public abstract class OrphanSweepContract extends ServiceTest {

    private static final String NOBODY = "0123456789abcdefghjkmnpqrs";

    @Autowired
    private ExportJournal exports;

    private final List<Long> removed = new ArrayList<>();
    private int refused;

    /** An empty store, marked as that of the tests' database. */
    protected abstract ArtifactStore store();

    @Test
    void whatNoRowNamesGoesAWeekAfterItWasFirstSeen() throws IOException {
        String file = write("alpha/files/file-" + NOBODY, 5);
        String part = write("alpha/uploads/upload_" + NOBODY + "/part_" + NOBODY, 7);
        String checkpoint = publish("alpha/ftjob-" + NOBODY + "/attempt-3/checkpoint-2", 11);
        String export = publish("alpha/ftjob-" + NOBODY + "/ftexp-" + NOBODY + "-1", 13);
        String ofAdapter = publish("alpha/adapter-exports/ftexp-" + NOBODY + "-12", 17);
        String foreign = write("backup/of/something.bin", 3);
        String unlike = write("alpha/files/file-notes", 3);

        sweep();
        assertThat(units()).hasSize(7);
        assertThat(noted()).hasSize(5);
        aged("6 days");
        sweep();
        assertThat(units()).hasSize(7);
        aged("2 days");
        sweep();

        assertThat(units()).containsExactlyInAnyOrder(foreign, unlike).doesNotContain(file, part, checkpoint);
        assertThat(removed).hasSize(5).contains(5L, 7L).allMatch(bytes -> bytes >= 5);
        assertThat(noted()).doesNotContain(export, ofAdapter).isEmpty();
    }

    @Test
    void whatARowNamesStays() throws IOException {
        String file = write("alpha/files/" + file(ALPHA, FilePurpose.BATCH, "content"), 7);
        String trained = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().steps(1, 2).checkpoint(2).finish(2);
        String export = json(post(ALPHA, "/v1/fine_tuning/jobs/" + trained + "/exports", "{'kind': 'adapter'}"))
                .path("id")
                .asString();
        Claim claim = leases.claim(Claimants.of("w", Slot.LIGHT, Set.of("adapter"), Set.of()))
                .orElseThrow();
        String exported = publish("alpha/" + trained + "/" + export + "-1", 3);
        leases.succeed(
                claim.lease(),
                () -> exports.completed(claim.lease().workId(), new Progress.Exported("{}", List.of()), exported));
        String named = publish("alpha/" + trained + "/attempt-1/checkpoint-2", 3);
        String forgotten = publish("alpha/" + trained + "/attempt-1/checkpoint-1", 3);
        String lost = publish("alpha/" + trained + "/" + export + "-0", 3);
        String running = running();
        String answers = failedWithAnswers();
        sweepTwice();
        assertThat(units()).as("its leftovers are not yet swept").contains(forgotten, lost);

        TestDatabase.administrator()
                .sql("UPDATE work SET swept = true WHERE finished_at IS NOT NULL")
                .update();
        sweepTwice();

        assertThat(units()).containsExactlyInAnyOrder(file, exported, named, running, answers);
    }

    /** Answers of a target, from which the job can be resumed. */
    private String failedWithAnswers() throws IOException {
        String job = queuedJob(ALPHA, file(ALPHA, 20), "");
        PlayedWorker crashing = playedWorker().answers(64);
        TestDatabase.administrator()
                .sql("UPDATE work SET platform_retries = 100")
                .update();
        crashing.fail(WorkError.ofSystem("engine_crashed", "The engine process crashed."));
        return publish("alpha/" + job + "/attempt-1/answers-64", 3);
    }

    private String running() throws IOException {
        String job = queuedJob(ALPHA, file(ALPHA, 20), "");
        PlayedWorker worker = playedWorker();
        return publish(
                "alpha/%s/attempt-%d/checkpoint-9".formatted(job, worker.lease().token()), 3);
    }

    @Test
    void databaseThatIsRestoredInTimeLosesNothing() throws IOException {
        String id = file(ALPHA, FilePurpose.BATCH, "content");
        String key = write("alpha/files/" + id, 7);
        TestDatabase.administrator().sql("UPDATE file SET content = 'GONE'").update();
        sweep();
        aged("8 days");
        assertThat(noted()).containsExactly(key);

        TestDatabase.administrator().sql("UPDATE file SET content = 'STORED'").update();
        sweep();

        assertThat(units()).containsExactly(key);
        assertThat(noted()).isEmpty();
    }

    @Test
    void nothingIsNotedOrDeletedWhereTheSettingSaysNever() throws IOException {
        String file = write("alpha/files/file-" + NOBODY, 5);
        sweep(null);
        assertThat(noted()).isEmpty();

        sweep();
        aged("8 days");
        sweep(null);

        assertThat(units()).containsExactly(file);
    }

    @Test
    void nothingIsNotedOrDeletedInTheStoreOfAnotherInstallation() throws IOException {
        String old = write("alpha/files/file-" + NOBODY, 5);
        sweep();
        aged("8 days");
        markAsAnothers();
        String theirs = publish("beta/ftjob-" + NOBODY + "/attempt-1/checkpoint-2", 3);

        sweep();

        assertThat(units()).containsExactlyInAnyOrder(old, theirs);
        assertThat(noted()).containsExactly(old);
        assertThat(removed).isEmpty();
        assertThat(refused).isEqualTo(1);
    }

    @Test
    void storeThatIsTakenOverWhileItIsSweptKeepsTheRest() throws IOException {
        write("alpha/files/file-" + NOBODY, 5);
        sweep();
        aged("8 days");
        String theirs = write("alpha/files/file-" + NOBODY.replace('0', '1'), 6);

        sweeper(Duration.ofDays(7), takenOverWhenListed()).runOnce();

        assertThat(units()).hasSize(2).contains(theirs);
        assertThat(removed).isEmpty();
        assertThat(refused).isEqualTo(1);
    }

    /** The store, which another installation takes over when a sweep has seen all of it. */
    private ArtifactStore takenOverWhenListed() {
        return (ArtifactStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ArtifactStore.class}, (proxy, method, arguments) -> {
                    Object answer = method.invoke(store(), arguments);
                    if (method.getName().equals("list")) {
                        markAsAnothers();
                    }
                    return answer;
                });
    }

    private void markAsAnothers() {
        store().marker().replace("{\"installation\": \"%s\"}".formatted(UUID.randomUUID()));
    }

    private void sweep() {
        sweep(Duration.ofDays(7));
    }

    private void sweep(@Nullable Duration age) {
        sweeper(age, store()).runOnce();
    }

    private OrphanSweep sweeper(@Nullable Duration age, ArtifactStore swept) {
        RetentionListener listener = new RetentionListener() {

            @Override
            public void removed(Deleted kind, long bytes) {
                removed.add(bytes);
            }

            @Override
            public void refused() {
                refused++;
            }
        };
        return new OrphanSweep(
                TestDatabase.system(),
                swept,
                TestOwnership.of(swept),
                listener,
                new RetentionProperties(
                        null, null, null, "1d", age == null ? "never" : age.toString(), Duration.ofDays(1)),
                new OrphanRows(TestDatabase.jdbc()));
    }

    private void sweepTwice() {
        sweep();
        aged("8 days");
        sweep();
    }

    private static void aged(String time) {
        TestDatabase.administrator()
                .sql("UPDATE store_orphan SET first_seen_at = first_seen_at - CAST(? AS interval)")
                .param(time)
                .update();
    }

    private static List<String> noted() {
        return TestDatabase.administrator()
                .sql("SELECT key FROM store_orphan")
                .query(String.class)
                .list();
    }

    private String write(String key, int bytes) throws IOException {
        store().write(new ArtifactKey(key), new ByteArrayInputStream(new byte[bytes]), bytes);
        return key;
    }

    private String publish(String key, int bytes) throws IOException {
        ArtifactKey folder = new ArtifactKey(key);
        Files.write(store().localFolder(folder).resolve("state.json"), new byte[bytes]);
        store().publish(folder);
        return key;
    }

    /** Files, and folders by themselves. */
    private Set<String> units() {
        Set<String> units = new java.util.TreeSet<>();
        store().list(entry -> units.add(entry.key().value().replaceAll("/(state\\.json|part_" + NOBODY + ")$", "")));
        return units;
    }
}
