package dev.anneal.engine.network.torch;

import ai.djl.pytorch.jni.JniUtils;

/**
 * Number of threads that share the work of each operator of the calling thread: one, unless it requests more. libgomp
 * counts the threads of all requesting callers: if they exceed the cores, they sleep between operators instead of
 * spinning. So only few threads should request more, or end when they are done.
 */
public final class OperatorThreads {

    private OperatorThreads() {}

    /** Runs this thread's following operators on this number of threads, including itself. */
    public static void use(int threads) {
        Torch.prepareThread();
        JniUtils.setNumThreads(threads);
    }
}
