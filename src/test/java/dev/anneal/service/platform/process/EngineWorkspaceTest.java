package dev.anneal.service.platform.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes whose worker died are waited for, then killed; processes of a living worker are left alone. */
class EngineWorkspaceTest {

    @TempDir
    Path workspaces;

    @Test
    void anOrphanThatDoesNotEndIsKilledAndItsFolderRemoved() throws Exception {
        Process orphan = new ProcessBuilder("sleep", "1000").start();
        Path deadWorkspace = workspaceOfADeadWorker(orphan.toHandle());

        try (EngineWorkspace successor = EngineWorkspace.open(workspaces, Duration.ofMillis(100))) {
            assertThat(orphan.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(orphan.exitValue()).isEqualTo(137);
            assertThat(deadWorkspace).doesNotExist();
            assertThat(successor.newDirectory("train")).isDirectory();
        }
    }

    @Test
    void anOrphanThatIsSavingIsWaitedFor() throws Exception {
        Process orphan = new ProcessBuilder("sleep", "0.5").start();
        workspaceOfADeadWorker(orphan.toHandle());

        try (EngineWorkspace successor = EngineWorkspace.open(workspaces, Duration.ofSeconds(60))) {
            assertThat(orphan.isAlive()).isFalse();
            assertThat(orphan.exitValue()).isZero();
            assertThat(successor).isNotNull();
        }
    }

    @Test
    void aProcessThatOnlyReusesTheIdIsLeftAlone() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "1000").start();
        Path process = Files.createDirectories(workspaces.resolve("dead").resolve("train"));
        Files.writeString(process.resolve("process"), stranger.pid() + " " + Instant.EPOCH);

        try (EngineWorkspace successor = EngineWorkspace.open(workspaces, Duration.ZERO)) {
            assertThat(stranger.isAlive()).isTrue();
            assertThat(successor).isNotNull();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void onlyTheWorkersUserMayAccessTheFolderOfAProcess() throws Exception {
        try (EngineWorkspace workspace = EngineWorkspace.open(workspaces, Duration.ZERO)) {
            assertThat(Files.getPosixFilePermissions(workspace.newDirectory("train")))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void aLivingWorkersWorkspaceIsLeftAlone() throws Exception {
        Process engine = new ProcessBuilder("sleep", "1000").start();
        try (EngineWorkspace first = EngineWorkspace.open(workspaces, Duration.ZERO)) {
            Path directory = first.newDirectory("train");
            ProcessRecord.write(directory, engine.toHandle());

            EngineWorkspace.open(workspaces, Duration.ZERO).close();

            assertThat(engine.isAlive()).isTrue();
            assertThat(directory).isDirectory();
        } finally {
            engine.destroyForcibly();
        }
    }

    /** A process that trains and answers chats opens two, and other workers of the host open theirs later (#17). */
    @Test
    void aWorkspaceKeepsItsLockAgainstOtherProcessesWhenItsProcessOpensAnother() throws Exception {
        try (EngineWorkspace first = EngineWorkspace.open(workspaces, Duration.ZERO)) {
            Path directory = first.newDirectory("train");
            EngineWorkspace.open(workspaces, Duration.ZERO).close();

            Process other = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            OtherWorker.class.getName(),
                            workspaces.toString())
                    .inheritIO()
                    .start();
            assertThat(other.waitFor()).isZero();

            assertThat(directory).isDirectory();
        }
    }

    /** Opens a workspace and ends. */
    static final class OtherWorker {

        private OtherWorker() {}

        public static void main(String[] arguments) throws IOException {
            EngineWorkspace.open(Path.of(arguments[0]), Duration.ZERO).close();
        }
    }

    @Test
    void whatADeadWorkerHeldIsAbandonedUntilItIsSettled() throws Exception {
        Files.createFile(Files.createDirectories(workspaces.resolve("dead")).resolve("7_2_nonce.held"));
        EngineWorkspace.open(workspaces, Duration.ZERO).close();

        try (EngineWorkspace successor = EngineWorkspace.open(workspaces, Duration.ZERO)) {
            assertThat(successor.abandoned()).as("whoever swept").containsExactly("7_2_nonce");
            successor.settle("7_2_nonce");
            assertThat(successor.abandoned()).isEmpty();
        }
    }

    @Test
    void whatALivingWorkerHoldsOrHasDroppedIsNotAbandoned() throws Exception {
        try (EngineWorkspace living = EngineWorkspace.open(workspaces, Duration.ZERO)) {
            living.hold("held");
            living.hold("dropped");
            living.drop("dropped");

            try (EngineWorkspace other = EngineWorkspace.open(workspaces, Duration.ZERO)) {
                assertThat(other.abandoned()).isEmpty();
            }
        }
    }

    @Test
    void closingLeavesNothingBehind() throws Exception {
        EngineWorkspace workspace = EngineWorkspace.open(workspaces, Duration.ZERO);
        workspace.remove(workspace.newDirectory("export"));

        workspace.close();

        try (Stream<Path> left = Files.list(workspaces)) {
            assertThat(left.filter(Files::isDirectory)).isEmpty();
        }
    }

    private Path workspaceOfADeadWorker(ProcessHandle orphan) throws IOException {
        Path workspace = workspaces.resolve("dead");
        ProcessRecord.write(Files.createDirectories(workspace.resolve("train")), orphan);
        return workspace;
    }
}
