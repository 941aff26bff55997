package dev.anneal.service.platform.process;

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
 * How an engine process is started. Tensors live outside the Java heap, so the heap is small and the machine's memory is what counts.
 *
 * @param heap {@code -Xmx} of an engine process: the dataset's token ids and the program's own objects
 * @param threads compute threads of one process, each with operators of its own, which only decoding in bf16 shares; 0 takes the number of cores
 * @param niceness by how much a process yields the processor to the service, 0 to 19; without effect where there is no {@code nice}
 * @param precision arithmetic of the frozen weights: {@code auto}, {@code bf16} or {@code fp32}
 * @param cacheDirectory where native libraries are unpacked; absent: {@code engine} under {@code anneal.cache-directory}
 * @param cudaLibtorch folder of a CUDA libtorch, the one that holds {@code libtorch.so}; needed for CUDA devices alone, CPUs have the bundled one
 * @param malloc settings of the C allocator
 * @param jvmOptions further options of the process's JVM
 * @param environment further environment variables of the process, which inherits none that could hold a secret
 */
@Validated
@ConfigurationProperties("anneal.engine")
public record EngineProperties(
        @DefaultValue("1GB") DataSize heap,
        @DefaultValue("0") @Min(0) int threads,
        @DefaultValue("5") @Min(0) @Max(19) int niceness,
        @DefaultValue("auto") String precision,
        @Nullable Path cacheDirectory,
        @Nullable Path cudaLibtorch,
        @DefaultValue Malloc malloc,
        @DefaultValue List<String> jvmOptions,
        @DefaultValue Map<String, String> environment) {

    private static final List<String> PRECISIONS = List.of("auto", "bf16", "fp32");

    /**
     * glibc's allocator gives a freed activation buffer back to the kernel at once and gets it again, page fault by page fault, a step
     * later. These thresholds keep it: 12 to 15 % more tokens/s on two Xeon cores with SmolLM2-135M (4 x 256 tokens).
     *
     * @param mmapThreshold buffers below this size come from the heap that is kept
     * @param trimThreshold free memory at the heap's end that is kept
     * @param topPad by how much the heap grows at a time
     */
    public record Malloc(
            @DefaultValue("4GB") DataSize mmapThreshold,
            @DefaultValue("8GB") DataSize trimThreshold,
            @DefaultValue("16MB") DataSize topPad) {}

    /** The same, yielding the processor otherwise. */
    public EngineProperties withNiceness(int other) {
        return new EngineProperties(
                heap, threads, other, precision, cacheDirectory, cudaLibtorch, malloc, jvmOptions, environment);
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
