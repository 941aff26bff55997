package dev.anneal.service.platform.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Without a span of this process's own, as where no collector is configured. */
class TraceParentTest {

    private static final String VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void aClientsOwnTraceIsKept() {
        assertThat(TraceParent.ofRequest(VALID)).isEqualTo(VALID);
        assertThat(TraceParent.ofRequest(VALID.replace("-01", "-00"))).endsWith("-00");
    }

    @Test
    void whatIsNoTraceIsNotKept() {
        assertThat(TraceParent.ofRequest(null)).isNull();
        assertThat(TraceParent.ofRequest("")).isNull();
        assertThat(TraceParent.ofRequest("00-trace")).isNull();
        assertThat(TraceParent.ofRequest(VALID + "\r\nforged")).isNull();
        assertThat(TraceParent.ofRequest("x".repeat(8_000))).isNull();
        assertThat(TraceParent.ofRequest(VALID.replace('4', 'g'))).isNull();
        assertThat(TraceParent.ofRequest("00-" + "0".repeat(32) + "-00f067aa0ba902b7-01"))
                .isNull();
    }
}
