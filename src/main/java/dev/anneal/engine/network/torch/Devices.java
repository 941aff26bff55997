package dev.anneal.engine.network.torch;

import ai.djl.pytorch.jni.JniUtils;
import java.util.Optional;

/** Facts about the devices that programs compute on, by their names: {@code cpu} or {@code cuda:N}. */
public final class Devices {

    /** Older devices emulate bf16 products. */
    private static final int BF16_GENERATION = 8;

    private Devices() {}

    /** Empty for the CPU, whose memory the operating system manages. */
    public static Optional<DeviceMemory> memory(String device) {
        return Torch.cudaIndex(device).map(index -> CudaRuntime.of(device).memory(index));
    }

    /** Frees device memory that libtorch's allocator keeps without use. This process allocates it again when needed. */
    public static void release(String device) {
        if (Torch.cudaIndex(device).isPresent()) {
            JniUtils.emptyCudaCache();
        }
    }

    /** Whether a CUDA device has units for bf16 matrices: those of compute capability 8 (Ampere) and later. */
    public static boolean multipliesBf16(String device) {
        return Torch.cudaIndex(device)
                .map(index -> CudaRuntime.of(device).computeCapability(index) >= BF16_GENERATION)
                .orElse(false);
    }
}
