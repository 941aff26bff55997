package dev.anneal.service.platform.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an exit code says, and what it does not (#17). */
class EngineExitTest {

    @ParameterizedTest
    @CsvSource({"129, 1", "130, 2", "137, 9", "143, 15"})
    void signalsThatSomebodySendsAreNoExhaustedMemory(int code, int signal) {
        EngineExit exit = new EngineExit(code, "");

        assertThat(exit.meaning()).isEqualTo(EngineExit.Meaning.KILLED);
        assertThat(exit.describe())
                .contains("killed from outside (signal " + signal + ")")
                .doesNotContain("the kernel");
    }

    @ParameterizedTest
    @CsvSource({"134, native abort", "135, signal 7", "139, native memory fault", "1, exit code 1"})
    void nativeFaultsAreCrashesAlsoWhileTheKernelKillsOthers(int code, String words) {
        EngineExit exit = new EngineExit(code, "", true);

        assertThat(exit.meaning()).isEqualTo(EngineExit.Meaning.CRASH);
        assertThat(exit.describe()).contains(words);
    }

    @Test
    void exhaustedMemoryIsWhatTheKernelOrTheJvmSays() {
        assertThat(new EngineExit(137, "", true).meaning()).isEqualTo(EngineExit.Meaning.OUT_OF_MEMORY);
        assertThat(new EngineExit(143, "", true).meaning()).isEqualTo(EngineExit.Meaning.KILLED);
        EngineExit refused = new EngineExit(
                1, "# There is insufficient memory for the Java Runtime Environment to continue.", false);
        assertThat(refused.meaning()).isEqualTo(EngineExit.Meaning.OUT_OF_MEMORY);
        assertThat(refused.describe()).contains("was refused memory");
    }
}
