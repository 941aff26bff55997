package dev.anneal.engine.network.torch;

/**
 * Memory of a device, in bytes.
 *
 * @param total total memory
 * @param free memory not in use by any process; libtorch's allocator keeps memory even if no tensor uses it
 */
public record DeviceMemory(long total, long free) {

    /** Memory used by this process's tensors and allocator, CUDA itself, and other processes. */
    public long used() {
        return total - free;
    }
}
