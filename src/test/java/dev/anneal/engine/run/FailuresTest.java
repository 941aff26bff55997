package dev.anneal.engine.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.safetensors.SafetensorsException;
import dev.anneal.engine.torch.TorchException;
import dev.anneal.protocol.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kind of failure has its code for the client and its exit code for the supervisor. */
class FailuresTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ProgressWriter progress = new ProgressWriter(new PrintStream(out, true, UTF_8));

    @Test
    void badInputEndsWith64() {
        ExitCode code = Failures.report(TaskException.badInput("non_finite_loss", "the loss is NaN", 7), progress);

        assertThat(code).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(out.toString(UTF_8))
                .isEqualTo(
                        "{\"event\":\"failed\",\"code\":\"non_finite_loss\",\"message\":\"the loss is NaN\",\"step\":7}\n");
    }

    @Test
    void fullDiskIsNamed() {
        IOException full = new IOException("No space left on device");

        assertThat(Failures.report(new UncheckedIOException(full), progress)).isEqualTo(ExitCode.FAILURE);
        assertThat(out.toString(UTF_8)).contains("\"code\":\"disk_full\"");
    }

    @Test
    void exhaustedHeapIsNamed() {
        assertThat(Failures.report(new OutOfMemoryError("Java heap space"), progress))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(out.toString(UTF_8)).contains("\"code\":\"out_of_memory\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[enforce fail at alloc_cpu.cpp:119] err == 0. DefaultCPUAllocator: can't allocate memory",
                "CUDA out of memory. Tried to allocate 2.00 GiB",
                "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate(handle)"
            })
    void exhaustedDeviceIsNamed(String words) {
        assertThat(Failures.report(new TorchException("in layer: " + words, new IllegalStateException()), progress))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(out.toString(UTF_8)).contains("\"code\":\"out_of_memory\"");
    }

    @Test
    void brokenModelFileIsTheInputs() {
        SafetensorsException broken = new SafetensorsException(Path.of("model.safetensors"), "ends too early");

        assertThat(Failures.report(broken, progress)).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(out.toString(UTF_8))
                .contains("\"code\":\"base_model_unreadable\"", "model.safetensors: ends too early");
    }

    @Test
    void unforeseenFailureIsTheEngines() {
        assertThat(Failures.report(new IllegalStateException("who knows"), progress))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(out.toString(UTF_8)).contains("\"code\":\"internal_error\"").contains("who knows");
    }

    @Test
    void stoppedTaskIsGivenBackWithoutAWord() {
        assertThat(Failures.report(new StoppedException(), progress)).isEqualTo(ExitCode.GIVEN_BACK);
        assertThat(out.size()).isZero();
    }
}
