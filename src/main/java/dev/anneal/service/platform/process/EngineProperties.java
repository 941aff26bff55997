package dev.anneal.service.platform.process;

import dev.anneal.protocol.Task;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How engine processes are started. Tensors are stored outside the Java heap, so a small heap suffices.
 *
 * @param heap {@code -Xmx} of an engine process: for the dataset's token ids and the program's own objects
 * @param threads compute threads of one process; each runs its own operators, and only decoding in bf16 shares
 *     operators among threads; 0 takes the number of cores
 * @param niceness how far a process yields the processor to the service, 0 to 19; no effect if {@code nice} is missing
 * @param precision arithmetic of the frozen weights: {@code auto}, {@code bf16} or {@code fp32}
 * @param cacheDirectory where native libraries are unpacked; null: {@code engine} under {@code anneal.cache-directory}
 * @param libtorch directory of an unpacked libtorch for the CPU with DJL's binding; null: the bundled one is unpacked
 *     into the cache
 * @param cudaLibtorch directory of a CUDA libtorch that contains {@code libtorch.so}; needed only for CUDA devices
 * @param malloc settings of the C allocator
 * @param jvmOptions additional options of the process's JVM
 * @param environment additional environment variables of the process, which inherits none that could hold a secret
 */
@Validated
@ConfigurationProperties("anneal.engine")
public record EngineProperties(
        @DefaultValue("1GB") DataSize heap,
        @DefaultValue("0") @Min(0) int threads,
        @DefaultValue("5") @Min(0) @Max(19) int niceness,
        @DefaultValue("auto") String precision,
        @Nullable Path cacheDirectory,
        @Nullable Path libtorch,
        @Nullable Path cudaLibtorch,
        @DefaultValue Malloc malloc,
        @DefaultValue List<String> jvmOptions,
        @DefaultValue Map<String, String> environment) {

    private static final List<String> PRECISIONS = List.of("auto", "bf16", "fp32");

    /**
     * Settings of glibc's allocator. By default it returns freed activation buffers to the kernel and allocates them
     * again in the next step, with page faults. These thresholds keep them: 12 to 15 % more tokens/s on two Xeon cores
     * with SmolLM2-135M (4 x 256 tokens).
     *
     * @param mmapThreshold buffers below this size are allocated from the heap, which is kept
     * @param trimThreshold how much free memory at the end of the heap is kept
     * @param topPad increment by which the heap grows
     */
    public record Malloc(
            @DefaultValue("4GB") DataSize mmapThreshold,
            @DefaultValue("8GB") DataSize trimThreshold,
            @DefaultValue("16MB") DataSize topPad) {}

    /** A copy with another niceness. */
    public EngineProperties withNiceness(int other) {
        return new EngineProperties(
                heap,
                threads,
                other,
                precision,
                cacheDirectory,
                libtorch,
                cudaLibtorch,
                malloc,
                jvmOptions,
                environment);
    }

    /**
     * What a process computes with.
     *
     * @param device {@code cpu}, {@code cuda:N}, or {@code cpu:N} for one of several devices of this processor, which
     *     has one thread unless {@code threads} says otherwise
     */
    public Task.Machine machine(String device) {
        return device.startsWith("cpu:")
                ? new Task.Machine("cpu", Math.max(1, threads), precision)
                : new Task.Machine(device, threads, precision);
    }

    /** The libtorch of a process for this device; null: none is chosen. */
    @Nullable
    Path libtorchOf(String device) {
        return device.equals("cpu") ? libtorch : cudaLibtorch;
    }

    public EngineProperties {
        if (!PRECISIONS.contains(precision)) {
            throw new IllegalArgumentException(
                    "anneal.engine.precision must be one of " + PRECISIONS + " but is '" + precision + "'");
        }
        if (heap.toMegabytes() < 64) {
            throw new IllegalArgumentException("anneal.engine.heap must be at least 64MB but is " + heap);
        }
        jvmOptions = List.copyOf(jvmOptions);
        environment = Map.copyOf(environment);
    }
}
