package dev.anneal.service.platform.process;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sets what a process finds of CUDA and libtorch in its environment. */
final class CudaEnvironment {

    /** The one CUDA binding that DJL 0.36 brings for libtorch 2.7.1; it binds any CUDA 12 build. */
    private static final String FLAVOR = "cu128";

    /** By these DJL chooses a libtorch. */
    private static final Set<String> CHOICE = Set.of("PYTORCH_LIBRARY_PATH", "PYTORCH_VERSION", "PYTORCH_FLAVOR");

    private CudaEnvironment() {}

    /**
     * Makes a process for a CUDA device load a CUDA libtorch, and one for the CPU the bundled one, whatever it inherited.
     *
     * @param environment what the process inherits
     * @param libtorch folder that holds {@code libtorch.so} for CUDA devices; null leaves it to what is inherited
     */
    static void settle(Map<String, String> environment, String device, @Nullable Path libtorch) {
        if (device.equals("cpu")) {
            environment.keySet().removeAll(CHOICE);
        } else {
            addTo(environment, libtorch);
        }
    }

    private static void addTo(Map<String, String> environment, @Nullable Path libtorch) {
        if (libtorch != null) {
            environment.put("PYTORCH_LIBRARY_PATH", libtorch.toAbsolutePath().toString());
        }
        environment.putIfAbsent("PYTORCH_FLAVOR", FLAVOR);
        // The lengths of rows vary: blocks of fixed size would leave gaps that nothing fits into.
        environment.putIfAbsent("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True");
        // Sums of one matrix product in one order, whatever workspace is free.
        environment.putIfAbsent("CUBLAS_WORKSPACE_CONFIG", ":4096:8");
    }
}
