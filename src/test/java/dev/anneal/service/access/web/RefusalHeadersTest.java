package dev.anneal.service.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.refusal.RefusalCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SDKs repeat 408, 409, 429 and all of 5xx by themselves, unless a header says that it is pointless. */
class RefusalHeadersTest {

    @ParameterizedTest
    @EnumSource(
            names = {"JOB_ALREADY_FINAL", "GENERATION_TIMEOUT", "QUOTA_EXCEEDED", "TOO_MANY_JOBS", "TOO_MANY_UPLOADS"})
    void whatWouldBeRefusedAgainIsNotToBeRepeated(RefusalCode code) {
        assertThat(RefusalHeaders.of(code).getFirst(RefusalHeaders.SHOULD_RETRY))
                .isEqualTo("false");
    }

    @ParameterizedTest
    @EnumSource(names = {"QUEUE_FULL", "SERVICE_UNAVAILABLE"})
    void whatPassesSaysWhen(RefusalCode code) {
        assertThat(RefusalHeaders.of(code).getFirst("retry-after")).matches("[1-9]\\d*");
        assertThat(RefusalHeaders.of(code).getFirst(RefusalHeaders.SHOULD_RETRY))
                .isNull();
    }
}
