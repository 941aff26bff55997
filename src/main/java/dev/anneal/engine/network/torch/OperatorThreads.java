package dev.anneal.engine.network.torch;

import ai.djl.pytorch.jni.JniUtils;

/**
 * How many threads share the work of each operator that the calling thread runs: one, unless it asks for more. libgomp counts the threads of all callers
 * that asked: if they are more than the cores, they sleep between operators instead of spinning. So few threads ask, or they end when they are done.
 */
public final class OperatorThreads {

    private OperatorThreads() {}

    /** From now on this thread's operators run on this number of threads, including itself. */
    public static void use(int threads) {
        Torch.prepareThread();
        JniUtils.setNumThreads(threads);
    }
}
