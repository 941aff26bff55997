package dev.anneal.service.platform.process;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sets the environment variables of a process for CUDA and libtorch. */
final class CudaEnvironment {

    /** DJL 0.36's only CUDA binding for libtorch 2.7.1; it works with any CUDA 12 build. */
    private static final String FLAVOR = "cu128";

    /** Variables by which DJL chooses a libtorch. */
    private static final Set<String> CHOICE = Set.of("PYTORCH_LIBRARY_PATH", "PYTORCH_VERSION", "PYTORCH_FLAVOR");

    private CudaEnvironment() {}

    /**
     * Makes a process for a CUDA device load a CUDA libtorch, and a process for the CPU the given one or the bundled
     * one, regardless of inherited variables.
     *
     * @param environment inherited variables, which are changed
     * @param libtorch folder with {@code libtorch.so} for the device; null is the bundled one for the CPU, the
     *     inherited choice for CUDA
     */
    static void settle(Map<String, String> environment, String device, @Nullable Path libtorch) {
        if (device.equals("cpu")) {
            environment.keySet().removeAll(CHOICE);
            if (libtorch != null) {
                choose(environment, libtorch);
                // Otherwise DJL takes the machine's CUDA.
                environment.put("PYTORCH_FLAVOR", "cpu");
            }
        } else {
            addTo(environment, libtorch);
        }
    }

    private static void choose(Map<String, String> environment, Path libtorch) {
        environment.put("PYTORCH_LIBRARY_PATH", libtorch.toAbsolutePath().toString());
    }

    private static void addTo(Map<String, String> environment, @Nullable Path libtorch) {
        if (libtorch != null) {
            choose(environment, libtorch);
        }
        environment.putIfAbsent("PYTORCH_FLAVOR", FLAVOR);
        // Row lengths vary: blocks of fixed size would fragment the memory.
        environment.putIfAbsent("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True");
        // Fixes the order of summation in matrix products, whatever workspace is free.
        environment.putIfAbsent("CUBLAS_WORKSPACE_CONFIG", ":4096:8");
        // A lost rank is an exception where its result is awaited; otherwise a thread of libtorch ends the process.
        environment.putIfAbsent("TORCH_NCCL_BLOCKING_WAIT", "1");
    }
}
