package dev.anneal.service.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Ids: their form, their time and their order. */
class IdentifiersTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123Z");

    private final Identifiers identifiers = new Identifiers(Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void idIsItsPrefixAndTwentySixDigits() {
        assertThat(identifiers.next("ftjob-")).matches("ftjob-[0-7][0-9a-hjkmnp-tv-z]{25}");
    }

    @Test
    void idTellsItsTime() {
        assertThat(Identifiers.timeOf(identifiers.next("file-"))).isEqualTo(NOW);
    }

    @Test
    void idsOfOneMillisecondSortAsTheyWereMade() {
        List<String> ids = Stream.generate(() -> identifiers.next("ftevent-"))
                .limit(10_000)
                .toList();

        assertThat(ids).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void idsKeepTheirOrderWhenTheClockIsSetBack() {
        SettableClock clock = new SettableClock(NOW);
        Identifiers moved = new Identifiers(clock);
        String before = moved.next("");
        clock.set(NOW.minusSeconds(60));

        assertThat(moved.next("")).isGreaterThan(before);
    }

    @Test
    void versionAndVariantAreThoseOfTheStandard() {
        String id = identifiers.next("");
        // Digit 10 from the left holds bits 79 to 75 of 128: the version and one bit of the sequence; digit 13 bits 64
        // to 60.
        assertThat("0123456789abcdefghjkmnpqrstvwxyz".indexOf(id.charAt(10)) >> 1)
                .isEqualTo(7);
    }

    @Test
    void otherTextHasNoTime() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Identifiers.timeOf("short"))
                .withMessageContaining("shorter");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Identifiers.timeOf("ftjob-01kh!00000000000000000000a"))
                .withMessageContaining("'!'");
    }
}
