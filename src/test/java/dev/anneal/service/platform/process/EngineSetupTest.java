package dev.anneal.service.platform.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.network.architecture.Arithmetic;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a worker says of the processes that it would start. */
class EngineSetupTest {

    private static final EngineProperties PROPERTIES = FakeTasks.properties(Map.of());

    @Test
    void processorDecidesAutoOnTheCpu() {
        assertThat(EngineSetup.of("cpu", PROPERTIES))
                .isEqualTo(new EngineSetup("cpu", "auto", Arithmetic.processorMultipliesBf16Fast(), 1));
    }

    @Test
    void cudaDeviceMultipliesBf16FastWithOneThread() {
        EngineSetup setup = EngineSetup.of("cuda:1", PROPERTIES);

        assertThat(setup).isEqualTo(new EngineSetup("cuda:1", "auto", true, 1));
        assertThat(setup.valueBytes(2048)).isEqualTo(Short.BYTES);
    }
}
