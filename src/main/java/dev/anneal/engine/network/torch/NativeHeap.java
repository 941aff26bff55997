package dev.anneal.engine.network.torch;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** The C library's heap, from which libtorch has the memory of CPU tensors. */
public final class NativeHeap {

    private NativeHeap() {}

    /**
     * Gives the system the pages of freed tensors, which the heap keeps between those that are in use: after weights
     * were converted, up to as much as the weights. Does nothing where the JVM cannot do it, as before 17.0.9.
     */
    public static void trim() {
        try {
            Object unused = ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "systemTrimNativeHeap",
                            null,
                            null);
        } catch (JMException | RuntimeException absent) {
            // Its pages stay, which costs memory and nothing else.
        }
    }
}
