package dev.anneal.engine.network.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Starts libtorch once for this JVM: no network, no telemetry, one thread for each operator.
 *
 * <p>An operator runs on its caller's thread, unless that asks for more ({@link OperatorThreads}). Work is parallelised
 * over micro-batches, each on a platform thread, rather than over cores within an operator: that avoids barriers and
 * results that depend on the number of cores.
 */
final class Torch {

    /**
     * Whether the calling thread has been prepared: libtorch keeps grad mode, executor mode and thread count for each
     * thread.
     */
    private static final ThreadLocal<Boolean> PREPARED = ThreadLocal.withInitial(() -> false);

    private Torch() {}

    /**
     * A manager of native memory on {@code device}: {@code cpu} or {@code cuda:N}.
     *
     * @throws DeviceException if the device does not exist
     */
    static PtNDManager newManager(String device) {
        Optional<Integer> cuda = cudaIndex(device);
        Engine engine = engine(device);
        prepareThread();
        cuda.ifPresent(index -> CudaRuntime.of(device).require(device, index));
        return (PtNDManager) engine.newBaseManager(cuda.map(Device::gpu).orElseGet(Device::cpu));
    }

    /** Index of a CUDA device, empty for the CPU. */
    static Optional<Integer> cudaIndex(String device) {
        if ("cpu".equals(device)) {
            return Optional.empty();
        }
        if (device.matches("cuda:\\d{1,3}")) {
            return Optional.of(Integer.parseInt(device.substring("cuda:".length())));
        }
        throw new IllegalArgumentException("device must be cpu or cuda:N, was '" + device + "'");
    }

    /** Called before any native code. Gradients are off, because the engine derives them by hand. */
    static void prepareThread() {
        if (PREPARED.get()) {
            return;
        }
        Engine unused = engine("cpu");
        JniUtils.setGradMode(false);
        // A thread's first call sets its number of threads to the last one that any thread requested; later ones do
        // not.
        JniUtils.getNumThreads();
        JniUtils.setNumThreads(1);
        // Almost every row has a different length; specialising the program for each shape costs more than it gains.
        JniUtils.setGraphExecutorOptimize(false);
        PREPARED.set(true);
    }

    private static Engine engine(String device) {
        if (Starter.ENGINE == null) {
            throw DeviceException.unloadable(device, String.valueOf(Starter.failure));
        }
        return Starter.ENGINE;
    }

    /** Holder of the engine, which its class initialisation starts. */
    private static final class Starter {
        /** Why there is no engine, by the dynamic linker's message. */
        static @Nullable String failure;

        static final @Nullable Engine ENGINE = start();

        private static @Nullable Engine start() {
            System.setProperty("ai.djl.offline", "true");
            System.setProperty("OPT_OUT_TRACKING", "true");
            System.setProperty("ai.djl.pytorch.num_threads", "1");
            System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
            System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
            try {
                return Engine.getEngine("PyTorch");
            } catch (EngineException e) {
                failure = messageOf(e);
                return null;
            }
        }

        /** Message of the innermost cause, with a library's name instead of its path. */
        private static String messageOf(Throwable thrown) {
            Throwable cause = thrown;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            String message = String.valueOf(cause.getMessage());
            return message.substring(message.lastIndexOf('/') + 1);
        }
    }
}
