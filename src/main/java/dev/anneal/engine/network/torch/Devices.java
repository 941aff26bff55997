package dev.anneal.engine.network.torch;

import ai.djl.pytorch.jni.JniUtils;
import java.util.Optional;

/** What there is to know of the devices that programs compute on, by their names: {@code cpu} or {@code cuda:N}. */
public final class Devices {

    /** Older devices multiply bf16 by detours. */
    private static final int BF16_GENERATION = 8;

    private Devices() {}

    /** @throws DeviceException if programs cannot compute on it here */
    public static void require(String device) {
        Torch.newManager(device).close();
    }

    /** Empty for the CPU, whose memory is the operating system's matter. */
    public static Optional<DeviceMemory> memory(String device) {
        return Torch.cudaIndex(device).map(index -> CudaRuntime.of(device).memory(index));
    }

    /** Gives the device back what libtorch's allocator holds and no tensor lies in. Others may take it then; this process takes it again when it must. */
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
