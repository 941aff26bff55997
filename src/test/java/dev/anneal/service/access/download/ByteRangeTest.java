package dev.anneal.service.access.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Single ranges as RFC 9110, section 14, reads them, of a file of 10 bytes. */
class ByteRangeTest {

    @ParameterizedTest
    @CsvSource({
        "             , 0, 10",
        "bytes=0-9    , 0, 10",
        "bytes=0-     , 0, 10",
        "bytes=2-4    , 2, 3",
        "bytes=9-9    , 9, 1",
        "bytes=4-99   , 4, 6",
        "bytes=-3     , 7, 3",
        "bytes=-99    , 0, 10",
        "bytes=-      , 0, 10",
        "bytes=5-2    , 0, 10",
        "'bytes=0-1,4-5', 0, 10",
        "lines=0-1    , 0, 10",
        "bytes=a-b    , 0, 10",
    })
    void partOrWholeIsRead(@Nullable String header, long first, long length) {
        assertThat(ByteRange.of(header, 10)).isEqualTo(new ByteRange(first, length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=10-12", "bytes=-0"})
    void partBehindTheEndIsRefused(String header) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> ByteRange.of(header, 10))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(RefusalCode.RANGE_NOT_SATISFIABLE));
    }
}
