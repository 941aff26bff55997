package dev.anneal.engine.network.torch;

/**
 * Memory of a device, in bytes.
 *
 * @param total all of it
 * @param free memory that no process holds; libtorch's allocator keeps what it once took, even if no tensor uses it
 */
public record DeviceMemory(long total, long free) {

    /** Memory held by this process's tensors and allocator, by CUDA itself, and by other processes. */
    public long used() {
        return total - free;
    }
}
