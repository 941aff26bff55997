package dev.anneal.engine.network.torch;

import ai.djl.engine.EngineException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An operation that libtorch refused; the message holds libtorch's own, for program text with file, line and caret. */
public final class TorchException extends RuntimeException {

    /**
     * Messages of libtorch's allocators on CPUs and on CUDA devices, of the libraries below, and of the C++ library.
     */
    private static final List<String> OUT_OF_MEMORY = List.of(
            "DefaultCPUAllocator",
            "CUDA out of memory",
            "CUDA error: out of memory",
            "CUDA driver error: out of memory",
            // Instead of "CUDA out of memory" where the driver's management library is missing, as in some
            // containers.
            "NVML_SUCCESS ==",
            "CUBLAS_STATUS_ALLOC_FAILED",
            "CUDNN_STATUS_ALLOC_FAILED",
            "std::bad_alloc");

    /** Messages of failed CUDA calls. Most leave a context in which each further call fails. */
    private static final List<String> DEVICE_FAULT =
            List.of("CUDA error:", "CUDA driver error:", "cuDNN error:", "cuSOLVER error:");

    /** Messages of Gloo, of the stores, and of NCCL for a rank that has ended, or that does not answer. */
    private static final List<String> LOST_RANK = List.of(
            "Connection closed by peer",
            "Connection reset by peer",
            "Timed out waiting",
            "timed out",
            "Wait timeout",
            "wait timeout after",
            "Timeout waiting for key",
            "Application timeout caused pair closure",
            "Broken pipe",
            "Connection refused",
            "failed to recv",
            "failed to connect",
            "collective operation timeout",
            "ncclRemoteError",
            "NCCL communicator was aborted");

    public TorchException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Runs a native call and throws its failure as an exception of this type. */
    static <T> T guarded(String what, Supplier<T> call) {
        try {
            return call.get();
        } catch (EngineException e) {
            throw new TorchException(what + ": " + e.getMessage(), e);
        }
    }

    /** Whether the device was out of memory. */
    public boolean isOutOfMemory() {
        String message = String.valueOf(getMessage());
        return OUT_OF_MEMORY.stream().anyMatch(message::contains);
    }

    /** Whether another rank of the process group has ended or does not answer. */
    public boolean isOfLostRank() {
        String message = String.valueOf(getMessage());
        return LOST_RANK.stream().anyMatch(message::contains);
    }

    /** The last line of libtorch's message, which says why. */
    public String reason() {
        List<String> lines = String.valueOf(getMessage()).strip().lines().toList();
        return lines.get(lines.size() - 1);
    }

    /** What CUDA said of a device that has failed, other than for want of memory; null if none has. */
    public @Nullable String deviceFault() {
        String message = String.valueOf(getMessage());
        int begin = DEVICE_FAULT.stream().mapToInt(message::lastIndexOf).max().orElse(-1);
        return begin < 0 || isOutOfMemory()
                ? null
                : message.substring(begin).lines().findFirst().orElse(null);
    }
}
