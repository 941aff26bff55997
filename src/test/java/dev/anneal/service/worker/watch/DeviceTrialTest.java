package dev.anneal.service.worker.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.service.platform.cache.SharedCache;
import dev.anneal.service.platform.process.EngineLauncher;
import dev.anneal.service.platform.process.EngineProperties;
import dev.anneal.service.platform.startup.StartRefusedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** A worker that was given a device which it cannot use says so, and why. */
class DeviceTrialTest {

    @Test
    void aDeviceThatIsNotThereIsNamedWithWhatToDo(@TempDir Path home) {
        WorkerProperties properties = properties("cpu,cuda:99");

        assertThatThrownBy(() -> DeviceTrial.require(properties, null, launcher(home)))
                .isInstanceOfSatisfying(StartRefusedException.class, e -> {
                    assertThat(e)
                            .hasMessageContaining("anneal.worker.devices")
                            .hasMessageContaining("device cuda:99 cannot be used: ");
                    assertThat(e.action()).contains("anneal.engine.cuda-libtorch", "docs/gpu.md");
                });
    }

    @Test
    void aFolderWithoutLibtorchIsNamedBeforeAnythingIsTried(@TempDir Path home) {
        WorkerProperties properties = properties("cuda:0");

        assertThatThrownBy(() -> DeviceTrial.require(properties, home, launcher(home)))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining(
                        "anneal.engine.cuda-libtorch must be a folder that holds libtorch.so but is '" + home + "'");
    }

    @Test
    void theCpuIsNotTried(@TempDir Path home) {
        DeviceTrial.require(properties("cpu"), home, launcher(home));

        assertThat(home).isEmptyDirectory();
    }

    @Test
    void severalDevicesOfTheProcessorAreOneThatWorks(@TempDir Path home) {
        List<String> devices = properties("cpu:0,cpu:1,cpu").allDevices();

        assertThat(devices).contains("cpu:0", "cpu:1", "cpu");
        assertThatNoException().isThrownBy(() -> DeviceTrial.tryOut(devices, launcher(home)));
    }

    @Test
    void aSoundProcessorDoesNotHideAMissingDevice(@TempDir Path home) {
        List<String> devices = properties("cpu:0,cuda:99").allDevices();

        assertThatThrownBy(() -> DeviceTrial.tryOut(devices, launcher(home)))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("device cuda:99 cannot be used: ");
    }

    private static EngineLauncher launcher(Path home) {
        EngineProperties properties =
                bind("anneal.engine", EngineProperties.class, "cache-directory", "target/engine-cache");
        return new EngineLauncher(properties, home, new SharedCache(home.resolve("cache")), EngineLauncher.ENGINE_MAIN);
    }

    private static WorkerProperties properties(String devices) {
        return bind("anneal.worker", WorkerProperties.class, "devices", devices);
    }

    private static <T> T bind(String prefix, Class<T> type, String key, String value) {
        return new Binder(new MapConfigurationPropertySource(Map.of(prefix + "." + key, value)))
                .bindOrCreate(prefix, type);
    }
}
