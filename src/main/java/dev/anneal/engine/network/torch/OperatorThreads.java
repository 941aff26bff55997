package dev.anneal.engine.network.torch;

import ai.djl.pytorch.jni.JniUtils;

/**
 * How many threads share the work of each operator that the calling thread runs: one, unless it asks for more. libgomp counts the threads of all who asked:
 * where they are more than cores, theirs sleep between operators instead of waiting awake, so those who ask are few, or end when they are done.
 */
public final class OperatorThreads {

    private OperatorThreads() {}

    /** From now on this thread's operators run on so many threads, itself among them. */
    public static void use(int threads) {
        Torch.prepareThread();
        JniUtils.setNumThreads(threads);
    }
}
