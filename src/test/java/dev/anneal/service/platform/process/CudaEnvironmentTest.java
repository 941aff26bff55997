package dev.anneal.service.platform.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What processes for CUDA devices and for the CPU are told, and what an operator's own environment decides. */
class CudaEnvironmentTest {

    @Test
    void theFolderOfLibtorchAndItsBindingAreNamed() {
        Map<String, String> environment = new HashMap<>();

        CudaEnvironment.settle(environment, "cuda:0", Path.of("/opt/torch/lib"));

        assertThat(environment)
                .containsOnly(
                        Map.entry("PYTORCH_LIBRARY_PATH", "/opt/torch/lib"),
                        Map.entry("PYTORCH_FLAVOR", "cu128"),
                        Map.entry("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True"),
                        Map.entry("CUBLAS_WORKSPACE_CONFIG", ":4096:8"),
                        Map.entry("TORCH_NCCL_BLOCKING_WAIT", "1"));
    }

    @Test
    void theSettingDecidesOverAnInheritedFolder() {
        Map<String, String> environment = new HashMap<>(Map.of("PYTORCH_LIBRARY_PATH", "/usr/lib/torch"));

        CudaEnvironment.settle(environment, "cuda:0", Path.of("/opt/torch/lib"));

        assertThat(environment).containsEntry("PYTORCH_LIBRARY_PATH", "/opt/torch/lib");
    }

    @Test
    void aProcessForTheCpuKeepsTheBundledLibtorch() {
        Map<String, String> environment = new HashMap<>(Map.of(
                "PYTORCH_LIBRARY_PATH", "/usr/lib/torch",
                "PYTORCH_VERSION", "2.7.1",
                "PYTORCH_FLAVOR", "cu128",
                "PYTORCH_PRECXX11", "false"));

        CudaEnvironment.settle(environment, "cpu", null);

        assertThat(environment).containsOnly(Map.entry("PYTORCH_PRECXX11", "false"));
    }

    @Test
    void aProcessForTheCpuTakesTheUnpackedLibtorchWhateverIsInherited() {
        Map<String, String> environment = new HashMap<>(Map.of(
                "PYTORCH_LIBRARY_PATH", "/usr/lib/torch",
                "PYTORCH_VERSION", "2.7.1",
                "PYTORCH_FLAVOR", "cu128"));

        CudaEnvironment.settle(environment, "cpu", Path.of("/opt/anneal/libtorch"));

        assertThat(environment)
                .containsOnly(
                        Map.entry("PYTORCH_LIBRARY_PATH", "/opt/anneal/libtorch"), Map.entry("PYTORCH_FLAVOR", "cpu"));
    }

    @Test
    void whatIsInheritedStays() {
        Map<String, String> inherited =
                Map.of("PYTORCH_LIBRARY_PATH", "/usr/lib/torch", "PYTORCH_CUDA_ALLOC_CONF", "max_split_size_mb:128");
        Map<String, String> environment = new HashMap<>(inherited);

        CudaEnvironment.settle(environment, "cuda:0", null);

        assertThat(environment).containsAllEntriesOf(inherited);
    }
}
