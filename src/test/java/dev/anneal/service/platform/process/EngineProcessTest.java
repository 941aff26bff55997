package dev.anneal.service.platform.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.protocol.Command;
import dev.anneal.protocol.GradingReply;
import dev.anneal.protocol.Progress;
import dev.anneal.service.platform.process.FakeEngine.Misdeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real child JVM is started, listened to, commanded, and its every way to end is told apart. */
class EngineProcessTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ENDLESS = 1_000_000;

    @TempDir
    Path folder;

    private final BlockingQueue<Progress> events = new LinkedBlockingQueue<>();
    private @Nullable EngineProcess process;

    @AfterEach
    void endProcess() {
        process().kill();
    }

    @Test
    void tellsEveryStepAndCheckpointInOrderBeforeItsExit() throws Exception {
        start(Map.of(), 4, null);

        assertThat(exit()).isEqualTo(EngineExit.Meaning.DONE);
        assertThat(events.stream().map(EngineProcessTest::brief))
                .containsExactly("Started", "1", "2", "CheckpointSaved", "3", "4", "CheckpointSaved");
        assertThat(FakeEngine.stateIn(checkpoint(4))).isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, 4));
    }

    @Test
    void stopSavesACheckpointAndGivesTheTaskBack() throws Exception {
        start(Map.of(), ENDLESS, null);
        awaitStep();

        process().send(Command.STOP);

        assertThat(exit()).isEqualTo(EngineExit.Meaning.GIVEN_BACK);
        Progress.CheckpointSaved saved = lastCheckpoint();
        assertThat(FakeEngine.stateIn(Path.of(saved.directory())))
                .isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, saved.step()));
    }

    @Test
    void resumesFromACheckpointWithTheSameFinalState() throws Exception {
        start(Map.of(), 4, null);
        exit();

        start(Map.of(), 9, checkpoint(4));

        assertThat(exit()).isEqualTo(EngineExit.Meaning.DONE);
        assertThat(FakeEngine.stateIn(checkpoint(9))).isEqualTo(FakeEngine.stateAfter(FakeTasks.SEED, 9));
    }

    @Test
    void badInputAndFailureCarryTheirReason() throws Exception {
        start(FakeEngine.misbehaving(Misdeed.BAD_INPUT, 3), 5, null);

        assertThat(exit()).isEqualTo(EngineExit.Meaning.BAD_INPUT);
        assertThat(events).last().isEqualTo(new Progress.Failed("non_finite_loss", "the loss of step 3 is NaN", 3));
    }

    @Test
    void anUnknownExitCodeIsACrashWithItsLastWords() throws Exception {
        start(FakeEngine.misbehaving(Misdeed.EXIT_1, 1), 5, null);

        EngineExit ended = process().exit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(ended.meaning()).isEqualTo(EngineExit.Meaning.CRASH);
        assertThat(ended.describe()).contains("exit code 1");
        assertThat(ended.stderrTail()).contains("last words");
    }

    @Test
    void aKillBySignal9IsToldAsSuch() throws Exception {
        start(FakeEngine.misbehaving(Misdeed.KILLED, 1), 5, null);

        EngineExit ended = process().exit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(ended.code()).isEqualTo(137);
        assertThat(ended.meaning()).isEqualTo(EngineExit.Meaning.KILLED);
        assertThat(ended.describe()).contains("killed from outside (signal 9)");
    }

    @Test
    void anExhaustedJavaHeapNamesItsProperty() throws Exception {
        start(FakeEngine.misbehaving(Misdeed.HEAP, 1), 5, null);

        EngineExit ended = process().exit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(ended.meaning()).isEqualTo(EngineExit.Meaning.OUT_OF_MEMORY);
        assertThat(ended.describe()).contains("anneal.engine.heap");
    }

    @Test
    void aNativeAbortIsACrash() throws Exception {
        start(FakeEngine.misbehaving(Misdeed.ABORTED, 1), 5, null);

        EngineExit ended = process().exit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(ended.code()).isEqualTo(134);
        assertThat(ended.meaning()).isEqualTo(EngineExit.Meaning.CRASH);
        assertThat(ended.describe()).contains("native abort");
    }

    @Test
    void garbageBetweenEventsIsSkipped() throws Exception {
        start(FakeEngine.misbehaving(Misdeed.GARBAGE, 2), 3, null);

        assertThat(exit()).isEqualTo(EngineExit.Meaning.DONE);
        assertThat(events.stream().map(EngineProcessTest::brief))
                .containsExactly("Started", "1", "2", "CheckpointSaved", "3", "CheckpointSaved");
    }

    @Test
    void aHangingProcessIsKilled() throws Exception {
        start(FakeEngine.misbehaving(Misdeed.HANG, 1), 5, null);
        awaitStep();
        process().send(Command.STOP);
        assertThatThrownBy(() -> process().exit().get(500, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);

        process().kill();

        assertThat(exit()).isEqualTo(EngineExit.Meaning.KILLED);
    }

    @Test
    @Timeout(60)
    void whoeverAnswersAProcessThatReadsNothingIsNotHeldUp() throws Exception {
        start(Map.of(), ENDLESS, null);
        awaitStep();
        signal("STOP");
        GradingReply.Answer longer = new GradingReply.Answer("x".repeat(1 << 20), null, 1, null);

        process().send(new GradingReply(1, List.of(longer)));
        process().send(Command.STOP);
        signal("CONT");

        assertThat(exit()).isEqualTo(EngineExit.Meaning.GIVEN_BACK);
    }

    private void signal(String name) throws Exception {
        int code = new ProcessBuilder(
                        "kill", "-" + name, Long.toString(process().pid()))
                .start()
                .waitFor();
        assertThat(code).isZero();
    }

    @Test
    void aProcessWhoseProgressIsRefusedIsKilledAndTellsWhy() throws Exception {
        Path directory = Files.createTempDirectory(folder, "process");
        process = FakeTasks.launcher(folder, Map.of())
                .launch(FakeTasks.training(ENDLESS, folder.resolve("attempt"), null), directory, event -> {
                    throw new IllegalStateException("no room for " + event);
                });

        assertThatThrownBy(this::exit).rootCause().hasMessageStartingWith("no room for Started");
        assertThat(ProcessHandle.of(process().pid())).isEmpty();
    }

    @Test
    void inheritsNoCredentials() throws Exception {
        start(Map.of("MARK", "1"), ENDLESS, null);
        awaitStep();

        List<String> environment =
                List.of(Files.readString(Path.of("/proc/" + process().pid() + "/environ"))
                        .split("\0", -1));
        assertThat(environment)
                .contains(
                        "MARK=1",
                        "OMP_NUM_THREADS=1",
                        "GOMP_SPINCOUNT=3000",
                        "OPT_OUT_TRACKING=true",
                        "MALLOC_ARENA_MAX=2",
                        "MALLOC_TOP_PAD_=1048576")
                .allMatch(variable -> !variable.startsWith("SPRING_") && !variable.startsWith("ANNEAL_"))
                .noneMatch(variable -> variable.startsWith("MAVEN_"));
    }

    @Test
    void yieldsTheProcessorToTheService() throws Exception {
        start(Map.of(), ENDLESS, null);
        awaitStep();

        assertThat(niceness(process().pid()))
                .isEqualTo(Math.min(19, niceness(ProcessHandle.current().pid()) + 3));
    }

    @Test
    void aProcessThatCannotBeRecordedIsEnded() throws Exception {
        start(Map.of(), ENDLESS, null);
        Path directory = Files.createDirectories(folder.resolve("unrecorded"));
        Files.createDirectory(directory.resolve("process"));

        assertThatThrownBy(() -> FakeTasks.launcher(folder, Map.of())
                        .launch(FakeTasks.training(ENDLESS, folder.resolve("attempt"), null), directory, events::add))
                .isInstanceOf(IOException.class);

        for (ProcessHandle child : ProcessHandle.current().children().toList()) {
            if (child.info().commandLine().orElse("").contains(directory.toString())) {
                child.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    /** Field 19 of the kernel's record; the second, the program's name in brackets, may hold blanks. */
    private static int niceness(long pid) throws IOException {
        String record = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Integer.parseInt(record.substring(record.lastIndexOf(')') + 2).split(" ", -1)[16]);
    }

    private void start(Map<String, String> environment, int steps, @Nullable Path resumeFrom) throws IOException {
        Path directory = Files.createTempDirectory(folder, "process");
        process = FakeTasks.launcher(folder, environment)
                .launch(FakeTasks.training(steps, folder.resolve("attempt"), resumeFrom), directory, events::add);
    }

    private EngineProcess process() {
        return Objects.requireNonNull(process);
    }

    private void awaitStep() throws InterruptedException {
        for (Progress event = events.take(); !(event instanceof Progress.Step); event = events.take()) {
            assertThat(event).isNotInstanceOf(Progress.Failed.class);
        }
    }

    private EngineExit.Meaning exit() throws Exception {
        return process().exit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS).meaning();
    }

    private Path checkpoint(int step) {
        return folder.resolve("attempt").resolve("checkpoint-" + step);
    }

    private Progress.CheckpointSaved lastCheckpoint() {
        return events.stream()
                .filter(Progress.CheckpointSaved.class::isInstance)
                .map(Progress.CheckpointSaved.class::cast)
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private static String brief(Progress event) {
        return event instanceof Progress.Step step
                ? Integer.toString(step.step())
                : event.getClass().getSimpleName();
    }
}
