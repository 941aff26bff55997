package dev.anneal.engine.network.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arithmetic that {@code auto} takes. */
class ArithmeticTest {

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
        assertThat(Arithmetic.multipliesBf16Fast(cpuInfo)).isEqualTo(fast);
    }
}
