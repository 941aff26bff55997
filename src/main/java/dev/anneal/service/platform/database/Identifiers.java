package dev.anneal.service.platform.database;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import org.springframework.stereotype.Component;

/**
 * Creates ids for clients: a prefix and a UUID of version 7 (RFC 9562) as 26 digits of Crockford's base 32 in lower
 * case. Ids of one process sort by creation, also within a millisecond, so they serve as cursors; compare them
 * {@code COLLATE "C"}.
 */
@Component
public final class Identifiers {

    private static final int DIGITS = 26;
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int RANDOM_BITS = 62;
    private static final int SEQUENCE_LIMIT = 1 << 12;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private long lastMillisecond;
    private int sequence;

    Identifiers(Clock clock) {
        this.clock = clock;
    }

    /** A new id that begins with {@code prefix}, for example {@code ftjob-}. */
    public String next(String prefix) {
        return prefix + base32(nextUuid());
    }

    /** Creation time of an id with any prefix, to the millisecond. */
    public static Instant timeOf(String id) {
        if (id.length() < DIGITS) {
            throw new IllegalArgumentException("an id ends in 26 digits of base 32, but '%s' is shorter".formatted(id));
        }
        BigInteger value = BigInteger.ZERO;
        for (char digit : id.substring(id.length() - DIGITS).toCharArray()) {
            int number = ALPHABET.indexOf(digit);
            if (number < 0) {
                throw new IllegalArgumentException(
                        "an id ends in 26 digits of base 32, but '%s' holds '%s'".formatted(id, digit));
            }
            value = value.shiftLeft(5).or(BigInteger.valueOf(number));
        }
        return Instant.ofEpochMilli(value.shiftRight(80).longValue());
    }

    /**
     * The version 7 layout: 48 bits of milliseconds, version, a 12-bit counter within the millisecond, variant, 62
     * random bits.
     */
    private BigInteger nextUuid() {
        long head = nextHead();
        BigInteger tail = new BigInteger(RANDOM_BITS, random).setBit(63);
        return BigInteger.valueOf(head).shiftLeft(64).or(tail);
    }

    private synchronized long nextHead() {
        long now = clock.millis();
        if (now > lastMillisecond) {
            lastMillisecond = now;
            sequence = 0;
        } else if (++sequence == SEQUENCE_LIMIT) {
            // After 4,096 ids in a millisecond, or if the clock is set back, the time part runs ahead to keep the
            // order.
            lastMillisecond++;
            sequence = 0;
        }
        return lastMillisecond << 16 | 0x7000 | sequence;
    }

    private static String base32(BigInteger value) {
        StringBuilder digits = new StringBuilder(DIGITS);
        for (int shift = 5 * (DIGITS - 1); shift >= 0; shift -= 5) {
            digits.append(ALPHABET.charAt(value.shiftRight(shift).intValue() & 31));
        }
        return digits.toString();
    }
}
