package dev.anneal.engine.run.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One process at a time works in a folder, and its id can be read there. */
class WorkDirectoryLockTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void ownersProcessIdIsRecorded() throws IOException {
        try (WorkDirectoryLock lock = acquire()) {
            lock.recordOwner();
            assertThat(folder.resolve(WorkDirectoryLock.FILE))
                    .hasContent(String.valueOf(ProcessHandle.current().pid()));
        }
    }

    @Test
    void secondOwnerIsRefusedWithTheFirstOnesId() throws IOException {
        try (WorkDirectoryLock lock = acquire()) {
            lock.recordOwner();
            assertThatThrownBy(this::acquire)
                    .isInstanceOf(TaskException.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid() + " still works in");
        }
    }

    @Test
    void folderIsFreeAfterItsOwner() throws IOException {
        acquire().close();

        try (WorkDirectoryLock lock = acquire()) {
            lock.recordOwner();
        }
    }

    private WorkDirectoryLock acquire() throws IOException {
        return WorkDirectoryLock.acquire(folder, Duration.ofMillis(60));
    }
}
