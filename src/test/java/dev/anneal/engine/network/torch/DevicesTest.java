package dev.anneal.engine.network.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Devices that are not there are refused by name, with what there is and what to do. */
class DevicesTest {

    @Test
    void aDeviceThatIsNotThereIsRefusedAtOnce() {
        assertThatThrownBy(() -> TensorScope.open("cuda:99"))
                .isInstanceOf(DeviceException.class)
                .hasMessageStartingWith("device cuda:99 cannot be used: ");
    }

    @Test
    void theCpuIsAlwaysThereAndItsMemoryIsNotADevices() {
        TensorScope.open("cpu").close();
        Devices.release("cpu");

        assertThat(Devices.memory("cpu")).isEmpty();
    }

    @Test
    void theMessageSaysWhatThereIsInstead() {
        assertThat(DeviceException.beyond("cuda:3", 1)).hasMessageContaining("only one CUDA device, cuda:0 (");
        assertThat(DeviceException.beyond("cuda:3", 2)).hasMessageContaining("only 2 CUDA devices, cuda:0 to cuda:1 (");
        assertThat(DeviceException.withoutCuda("cuda:0")).hasMessageContaining("docs/gpu.md");
        assertThat(DeviceException.refused("cuda:0", "no CUDA-capable device is detected (100)"))
                .hasMessageContaining("CUDA says 'no CUDA-capable device is detected (100)'", "NVIDIA driver");
    }

    @Test
    void aDriverThatIsMissingIsNamed() {
        assertThat(DeviceException.unloadable(
                        "cuda:0", "libcaffe2_nvrtc.so: libcuda.so.1: cannot open shared object file"))
                .hasMessageContaining(
                        "libcuda.so.1: cannot open shared object file; libcuda.so belongs to the NVIDIA driver");
        assertThat(DeviceException.unloadable("cpu", "libtorch.so: file too short"))
                .hasMessage("device cpu cannot be used: libtorch cannot be loaded: libtorch.so: file too short");
    }

    @Test
    void theRuntimeIsTheFileThatLibtorchHasLoaded() {
        Stream<String> mapped = Stream.of(
                "7f1e2c000000-7f1e2c021000 rw-p 00000000 00:00 0 ",
                "7f1e30000000-7f1e30001000 r--p 00000000 fe:00 131 /opt/my libs/libcudart.so.12",
                "7f1e30001000-7f1e30002000 r-xp 00001000 fe:00 131 /opt/my libs/libcudart.so.12");

        assertThat(CudaRuntime.fileIn(mapped)).contains(Path.of("/opt/my libs/libcudart.so.12"));
        String ofAnArchive =
                "7f1e30000000-7f1e30001000 r--p 00000000 fe:00 131 /opt/libtorch/lib/libcudart-c3a75b33.so.12";
        assertThat(CudaRuntime.fileIn(Stream.of(ofAnArchive)))
                .contains(Path.of("/opt/libtorch/lib/libcudart-c3a75b33.so.12"));
        assertThat(CudaRuntime.fileIn(Stream.of("7f1e30000000-7f1e30001000 r--p 00000000 fe:00 131 /lib/libc.so.6")))
                .isEmpty();
    }
}
