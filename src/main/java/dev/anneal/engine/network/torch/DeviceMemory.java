package dev.anneal.engine.network.torch;

/**
 * Memory of a device, in bytes, whoever holds it.
 *
 * @param total what it has
 * @param free what nobody holds; libtorch's allocator holds what it once took, also when no tensor lies in it
 */
public record DeviceMemory(long total, long free) {

    /** What is held: by this process's tensors and allocator, by CUDA itself, and by others. */
    public long used() {
        return total - free;
    }
}
