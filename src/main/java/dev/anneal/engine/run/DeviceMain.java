package dev.anneal.engine.run;

import dev.anneal.engine.network.torch.Devices;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.run.task.HostPaths;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.Progress;
import java.io.PrintStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Main class of a process that tests devices, its arguments, before a worker claims work for them: libtorch loads, and
 * the device exists and computes. Writes {@link Progress.Failed} for the first unusable device and exits as an engine
 * process does.
 */
public final class DeviceMain {

    private DeviceMain() {}

    public static void main(String[] devices) {
        PrintStream protocol = System.out;
        System.setOut(System.err);
        System.setProperty("logback.configurationFile", "logback-engine.xml");
        @Nullable Throwable failure = failure(devices);
        ExitCode code = failure == null
                ? ExitCode.DONE
                : FailureReport.report(
                        failure,
                        new ProgressWriter(protocol),
                        HostPaths.of(Path.of("").toAbsolutePath()));
        System.exit(code.code());
    }

    private static @Nullable Throwable failure(String[] devices) {
        try {
            for (String device : devices) {
                tryOut(device);
            }
            return null;
        } catch (RuntimeException | Error e) {
            return e;
        }
    }

    /**
     * Converts a tensor there and back: a libtorch without code for this generation of devices fails at its first
     * operator.
     */
    private static void tryOut(String device) {
        try (TensorScope scope = TensorScope.open(device);
                Tensor half = scope.floats(new float[] {0.5f}, 1).to(scope, ElementType.BFLOAT16)) {
            if (half.toFloats()[0] != 0.5f) {
                throw new IllegalStateException("device " + device + " computes wrongly");
            }
        }
        Devices.memory(device)
                .ifPresent(memory -> System.err.printf(
                        "%s has %d MiB, %d MiB free%n", device, memory.total() >> 20, memory.free() >> 20));
    }
}
