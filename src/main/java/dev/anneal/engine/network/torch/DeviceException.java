package dev.anneal.engine.network.torch;

/** A requested device that cannot be used. The message names it, the available devices and what to do. */
public final class DeviceException extends RuntimeException {

    private DeviceException(String device, String problem) {
        super("device " + device + " cannot be used: " + problem);
    }

    /** libtorch was built only for CPUs. */
    static DeviceException withoutCuda(String device) {
        return new DeviceException(
                device,
                "this engine's libtorch computes on CPUs alone; install a CUDA libtorch as docs/gpu.md describes");
    }

    /** @param words CUDA's message, for example {@code no CUDA-capable device is detected} */
    static DeviceException refused(String device, String words) {
        return new DeviceException(
                device,
                "CUDA says '" + words + "'; install a recent NVIDIA driver, and give the devices to the container");
    }

    /** @param count number of CUDA devices, at least one */
    static DeviceException beyond(String device, int count) {
        String there = count == 1 ? "one CUDA device, cuda:0" : count + " CUDA devices, cuda:0 to cuda:" + (count - 1);
        return new DeviceException(
                device, "there is only " + there + " (CUDA_VISIBLE_DEVICES and containers hide the others)");
    }

    /**
     * @param words message of the dynamic linker, for example {@code libcaffe2_nvrtc.so: libcuda.so.1: cannot open
     *     shared object file}
     */
    static DeviceException unloadable(String device, String words) {
        String remedy = words.contains("libcuda.so")
                ? "; libcuda.so belongs to the NVIDIA driver, which is not installed or was not given to this container"
                : "";
        return new DeviceException(device, "libtorch cannot be loaded: " + words + remedy);
    }

    /** @param problem why the library that connects processes is not loaded */
    static DeviceException withoutGroups(String problem) {
        return new DeviceException(
                "group", problem + "; trainings on several devices need Linux on x86_64 or aarch64, and others do not");
    }
}
