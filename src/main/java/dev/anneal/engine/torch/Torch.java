package dev.anneal.engine.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;

/**
 * Starts libtorch once for this JVM: no network, no telemetry, one thread for each operator.
 *
 * <p>An operator runs on its caller's thread. Parallel work is many micro-batches on a platform thread each, never one operator spread
 * over all cores: it neither waits at barriers nor changes its bits with the number of cores.
 */
final class Torch {

    /** Whether the calling thread has been prepared: libtorch keeps grad mode, executor mode and thread count for each thread. */
    private static final ThreadLocal<Boolean> PREPARED = ThreadLocal.withInitial(() -> false);

    private Torch() {}

    /** A manager of native memory on {@code device}: {@code cpu} or {@code cuda:N}. */
    static PtNDManager newManager(String device) {
        prepareThread();
        return (PtNDManager) Starter.ENGINE.newBaseManager(deviceOf(device));
    }

    /** Called before anything native. Gradients are off for good: the engine derives them by hand. */
    static void prepareThread() {
        if (PREPARED.get()) {
            return;
        }
        Engine unused = Starter.ENGINE;
        JniUtils.setGradMode(false);
        JniUtils.setNumThreads(1);
        // Rows have ever new lengths; specialising the program for each shape costs more than it gives.
        JniUtils.setGraphExecutorOptimize(false);
        PREPARED.set(true);
    }

    private static Device deviceOf(String name) {
        if ("cpu".equals(name)) {
            return Device.cpu();
        }
        if (name.matches("cuda:\\d{1,3}")) {
            return Device.gpu(Integer.parseInt(name.substring("cuda:".length())));
        }
        throw new IllegalArgumentException("device must be cpu or cuda:N, was '" + name + "'");
    }

    /** Holds the engine; its class initialisation is the start. */
    private static final class Starter {
        static final Engine ENGINE = start();

        private static Engine start() {
            System.setProperty("ai.djl.offline", "true");
            System.setProperty("OPT_OUT_TRACKING", "true");
            System.setProperty("ai.djl.pytorch.num_threads", "1");
            System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
            System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
            return Engine.getEngine("PyTorch");
        }
    }
}
