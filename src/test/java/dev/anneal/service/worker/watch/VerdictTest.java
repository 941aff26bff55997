package dev.anneal.service.worker.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Progress;
import dev.anneal.service.platform.process.EngineExit;
import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.WorkError;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a process's end means for its work. */
class VerdictTest {

    private static final int KILLED = 137;
    private static final Verdict.Stop NOT_STOPPED = new Verdict.Stop(null, false, null, true);

    @Test
    void aFinishedTaskIsDoneEvenIfItWasToldToStop() {
        assertThat(verdict(0, StopReason.WISH, false, Wish.CANCEL)).isEqualTo(new Verdict.Done());
    }

    @Test
    void aSavedStopGivesTheWorkBack() {
        assertThat(verdict(75, StopReason.SHUTDOWN, false, null)).isEqualTo(new Verdict.GiveBack());
        assertThat(verdict(75, StopReason.WISH, false, Wish.PAUSE)).isEqualTo(new Verdict.GiveBack());
    }

    @Test
    void aStopThatNobodyAskedForCountsAgainstTheRetries() {
        assertThat(error(verdict(75, null, false, null)))
                .extracting(WorkError::code)
                .isEqualTo("engine_stopped");
    }

    @Test
    void badInputIsTheUsersWithTheEnginesWords() {
        Progress.Failed failed = new Progress.Failed("non_finite_loss", "the loss of step 3 is NaN", 3);

        assertThat(error(Verdict.of(new EngineExit(64, ""), NOT_STOPPED, failed)))
                .isEqualTo(WorkError.ofUser("non_finite_loss", "the loss of step 3 is NaN", null));
    }

    @Test
    void aFailureIsTheEnvironmentsOrThePlatformsAsItsCodeSays() { // #17
        Progress.Failed failed = new Progress.Failed("disk_full", "No space left on device", 3);

        assertThat(error(Verdict.of(new EngineExit(70, ""), NOT_STOPPED, failed)))
                .isEqualTo(WorkError.ofEnvironment("disk_full", "No space left on device"));

        Progress.Failed other = new Progress.Failed("internal_error", "NullPointerException", 3);
        assertThat(error(Verdict.of(new EngineExit(70, ""), NOT_STOPPED, other)))
                .isEqualTo(WorkError.ofSystem("internal_error", "NullPointerException"));
    }

    @Test
    void aKillFromOutsideIsExhaustedMemoryOnlyIfTheKernelSaysSo() { // #17
        WorkError error = error(verdict(KILLED, null, false, null));

        assertThat(error.code()).isEqualTo("engine_killed");
        assertThat(error.origin()).isEqualTo(WorkError.Origin.SYSTEM);
        assertThat(error.message()).startsWith("The engine process was killed from outside (signal 9)");

        WorkError exhausted = error(Verdict.of(new EngineExit(KILLED, "", true), NOT_STOPPED, null));
        assertThat(exhausted.code()).isEqualTo("out_of_memory");
        assertThat(exhausted.message()).startsWith("The kernel killed the engine process (signal 9)");
    }

    @Test
    void aHungProcessThatTheWorkerKilledIsNotExhaustedMemory() {
        assertThat(error(verdict(KILLED, StopReason.NO_PROGRESS, true, null)).code())
                .isEqualTo("no_progress");
        assertThat(error(verdict(KILLED, StopReason.NO_START, true, null)).code())
                .isEqualTo("no_start");
    }

    @Test
    void workThatTakesTooLongIsNotTriedAgain() {
        WorkError error = error(verdict(KILLED, StopReason.TIME_LIMIT, true, null));

        assertThat(error.code()).isEqualTo("time_limit");
        assertThat(error.origin()).isEqualTo(WorkError.Origin.USER);
    }

    @Test
    void aProcessThatDoesNotStopInTimeLosesStepsButKeepsItsPlace() {
        assertThat(verdict(KILLED, StopReason.SHUTDOWN, true, null)).isEqualTo(new Verdict.GiveBack());
        assertThat(verdict(KILLED, StopReason.WISH, true, Wish.CANCEL)).isEqualTo(new Verdict.GiveBack());
    }

    @Test
    void aFailedSaveIsNeverAPause() {
        assertThat(error(verdict(KILLED, StopReason.WISH, true, Wish.PAUSE)).code())
                .isEqualTo("stop_timeout");
        assertThat(error(verdict(KILLED, StopReason.SHUTDOWN, true, Wish.PAUSE)).code())
                .isEqualTo("stop_timeout");
    }

    @Test
    void aPauseBeforeTheFirstStepHasNothingToSave() {
        assertThat(new Verdict.Stop(StopReason.WISH, true, Wish.PAUSE, false).verdict())
                .isEqualTo(new Verdict.GiveBack());
    }

    @Test
    void aNativeCrashIsThePlatforms() {
        assertThat(error(verdict(139, null, false, null)))
                .isEqualTo(WorkError.ofSystem(
                        "engine_crashed", "The engine process crashed (signal 11, a native memory fault)."));
    }

    private static Verdict verdict(int code, @Nullable StopReason stopped, boolean killed, @Nullable Wish wish) {
        return Verdict.of(new EngineExit(code, ""), new Verdict.Stop(stopped, killed, wish, true), null);
    }

    private static WorkError error(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Fail.class);
        return ((Verdict.Fail) verdict).error();
    }
}
