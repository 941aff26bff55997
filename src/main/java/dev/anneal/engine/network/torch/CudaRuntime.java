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
 * The CUDA runtime library beneath this process's libtorch, asked for what no operator of a program tells. It is the very file that libtorch has
 * loaded, found among the files mapped into the process, so that both mean the same devices.
 */
final class CudaRuntime {

    private static final Path MAPPED_FILES = Path.of("/proc/self/maps");
    /** {@code libcudart.so.12}, or {@code libcudart-<hash>.so.12} as archives of libtorch have it. */
    private static final Pattern FILE = Pattern.compile("/.*/libcudart[.-][^/]*$");

    private static final int SUCCESS = 0;
    private static final int COMPUTE_CAPABILITY_MAJOR = 75;

    private final NativeLibrary library;

    private CudaRuntime(Path file) {
        this.library = NativeLibrary.getInstance(file.toString());
    }

    /** @throws DeviceException if libtorch has none; {@code device} is named in it */
    static CudaRuntime of(String device) {
        CudaRuntime runtime = Loaded.RUNTIME;
        if (runtime == null) {
            throw DeviceException.withoutCuda(device);
        }
        return runtime;
    }

    /** @throws DeviceException if there is no such device, or none that CUDA can use */
    void require(String device, int index) {
        IntByReference count = new IntByReference();
        int status = call("cudaGetDeviceCount", count);
        if (status != SUCCESS) {
            throw DeviceException.refused(device, words(status));
        }
        if (index >= count.getValue()) {
            throw DeviceException.beyond(device, count.getValue());
        }
    }

    /** Makes the calling thread's device the given one for the time of the question. */
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

    /** The number before the point, 9 for an H100. */
    int computeCapability(int index) {
        IntByReference major = new IntByReference();
        check("cudaDeviceGetAttribute", major, COMPUTE_CAPABILITY_MAJOR, index);
        return major.getValue();
    }

    private void check(String function, Object... arguments) {
        int status = call(function, arguments);
        if (status != SUCCESS) {
            throw new TorchException(
                    function + ": CUDA error: " + words(status), new IllegalStateException("status " + status));
        }
    }

    private int call(String function, Object... arguments) {
        return library.getFunction(function, Function.C_CONVENTION).invokeInt(arguments);
    }

    private String words(int status) {
        return library.getFunction("cudaGetErrorString").invokeString(new Object[] {status}, false) + " (" + status
                + ")";
    }

    /** Where libtorch has loaded the library from. */
    static Optional<Path> fileIn(Stream<String> mappedFiles) {
        return mappedFiles
                .map(FILE::matcher)
                .filter(Matcher::find)
                .map(found -> Path.of(found.group()))
                .findFirst();
    }

    /** Looked for once, after libtorch was loaded. */
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
