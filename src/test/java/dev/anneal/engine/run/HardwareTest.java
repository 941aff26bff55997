package dev.anneal.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arithmetic that {@code auto} takes. */
class HardwareTest {

    @ParameterizedTest
    @CsvSource({
        "GenuineIntel, avx512_bf16 avx512_fp16 amx_bf16 amx_tile, true",
        "GenuineIntel, avx512_bf16 avx512_fp16, false",
        "AuthenticAMD, avx512_bf16 avx512_vnni, true",
        "AuthenticAMD, avx2 fma, false"
    })
    void autoTakesBf16WhereTheProcessorMultipliesItFast(String vendor, String flags, boolean fast) {
        String cpuInfo =
                "vendor_id\t: " + vendor + "\nmodel name\t: a processor\nflags\t\t: fpu vme " + flags + " rdpid\n";
        assertThat(Hardware.multipliesBf16Fast(cpuInfo)).isEqualTo(fast);
    }

    @Test
    void oneThreadDrivesADevice() {
        assertThat(Hardware.threads(new Task.Machine("cuda:0", 8, "auto"))).isEqualTo(1);
        assertThat(Hardware.threads(new Task.Machine("cpu", 8, "auto"))).isEqualTo(8);
    }
}
