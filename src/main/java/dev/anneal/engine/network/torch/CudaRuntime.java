package dev.anneal.engine.network.torch;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The CUDA runtime library of this process's libtorch, for facts that no operator returns. Uses the file that libtorch
 * has loaded, found among the process's mapped files, so that both number devices equally.
 */
final class CudaRuntime {

    private static final Path MAPPED_FILES = Path.of("/proc/self/maps");
    /** {@code libcudart.so.12}, or {@code libcudart-<hash>.so.12} in archives of libtorch. */
    private static final Pattern FILE = Pattern.compile("/.*/libcudart[.-][^/]*$");

    private static final int SUCCESS = 0;
    private static final int COMPUTE_CAPABILITY_MAJOR = 75;

    private final NativeLibrary library;

    private CudaRuntime(Path file) {
        this.library = NativeLibrary.getInstance(file.toString());
    }

    /** @throws DeviceException if libtorch has none; its message names {@code device} */
    static CudaRuntime of(String device) {
        CudaRuntime runtime = Loaded.RUNTIME;
        if (runtime == null) {
            throw DeviceException.withoutCuda(device);
        }
        return runtime;
    }

    /** @throws DeviceException if there is no such device, or CUDA cannot use it */
    void require(String device, int index) {
        IntByReference count = new IntByReference();
        int status = call("cudaGetDeviceCount", count);
        if (status != SUCCESS) {
            throw DeviceException.refused(device, describe(status));
        }
        if (index >= count.getValue()) {
            throw DeviceException.beyond(device, count.getValue());
        }
    }

    /** Changes the calling thread's device during the call. */
    DeviceMemory memory(int index) {
        IntByReference before = new IntByReference();
        check("cudaGetDevice", before);
        check("cudaSetDevice", index);
        try {
            LongByReference free = new LongByReference();
            LongByReference total = new LongByReference();
            check("cudaMemGetInfo", free, total);
            return new DeviceMemory(total.getValue(), free.getValue());
        } finally {
            check("cudaSetDevice", before.getValue());
        }
    }

    /** The major version, 9 for an H100. */
    int computeCapability(int index) {
        IntByReference major = new IntByReference();
        check("cudaDeviceGetAttribute", major, COMPUTE_CAPABILITY_MAJOR, index);
        return major.getValue();
    }

    private void check(String function, Object... arguments) {
        int status = call(function, arguments);
        if (status != SUCCESS) {
            throw new TorchException(
                    function + ": CUDA error: " + describe(status), new IllegalStateException("status " + status));
        }
    }

    private int call(String function, Object... arguments) {
        return library.getFunction(function, Function.C_CONVENTION).invokeInt(arguments);
    }

    private String describe(int status) {
        return library.getFunction("cudaGetErrorString").invokeString(new Object[] {status}, false) + " (" + status
                + ")";
    }

    /** The file that libtorch has loaded the library from. */
    static Optional<Path> fileIn(Stream<String> mappedFiles) {
        return mappedFiles
                .map(FILE::matcher)
                .filter(Matcher::find)
                .map(found -> Path.of(found.group()))
                .findFirst();
    }

    /** Found once, after libtorch was loaded. */
    private static final class Loaded {
        static final @Nullable CudaRuntime RUNTIME = find();

        private static @Nullable CudaRuntime find() {
            try (Stream<String> mapped = Files.lines(MAPPED_FILES)) {
                return fileIn(mapped).map(CudaRuntime::new).orElse(null);
            } catch (IOException e) {
                return null; // no Linux: no CUDA that is supported
            }
        }
    }
}
