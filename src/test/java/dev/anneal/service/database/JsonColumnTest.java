package dev.anneal.service.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Rows outlast the version that wrote them. */
class JsonColumnTest {

    /** A record whose second component came later. */
    private record Sizes(long old, long added) {}

    @Test
    void whatAnEarlierVersionDidNotWriteIsZero() {
        assertThat(JsonColumn.read("{\"old\": 5}", Sizes.class)).isEqualTo(new Sizes(5, 0));
    }

    @Test
    void aRecordComesBack() {
        assertThat(JsonColumn.read(JsonColumn.write(new Sizes(1, 2)), Sizes.class))
                .isEqualTo(new Sizes(1, 2));
    }
}
