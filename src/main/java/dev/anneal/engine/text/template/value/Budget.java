package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.StalledRenderingException;
import dev.anneal.engine.text.template.TemplateException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Limits of a rendering. Work is counted in steps, so that the result does not depend on the machine or its load. Texts
 * and lists are announced here before they are allocated.
 */
public final class Budget {

    /** Maximum number of UTF-16 units of the output, and of any text. */
    public static final int MAX_TEXT = 1 << 20;

    /** Maximum number of elements of a list or range, Jinja's sandbox limit for {@code range}. */
    public static final int MAX_ELEMENTS = 100_000;

    /** Maximum nesting of lists and mappings. */
    public static final int MAX_NESTING = 100;

    /** Maximum size of an integer: 301 decimal digits, so that each can be converted to a double. */
    public static final int MAX_INTEGER_BITS = 1000;

    /** A row of 100 messages takes some thousand steps; the limit corresponds to about a quarter of a second. */
    static final long MAX_STEPS = 5_000_000;

    /** Maximum nesting of expressions and statements, for which a stack of 512 KiB suffices. */
    static final int MAX_DEPTH = 500;

    private static final long MAX_BYTES = 64L << 20;

    /** About two hundred times the duration of the steps: beyond that the machine is at fault, not the row. */
    private static final Duration STALLED = Duration.ofMinutes(1);

    private static final int STEPS_BETWEEN_CLOCK_READINGS = 1_000;
    private static final int UNITS_PER_STEP = 32;
    private static final int BYTES_PER_ELEMENT = 48;

    private final ZonedDateTime now;
    private final LongSupplier nanoTime;
    private final long started;
    private long steps;
    private long nextClockReading;
    private long bytes;
    private int depth;
    private int nesting;

    public Budget() {
        this(Instant.EPOCH.atZone(ZoneOffset.UTC), System::nanoTime);
    }

    /**
     * The budget of a new rendering.
     *
     * @param now time of {@code strftime_now}
     * @param nanoTime clock that detects stalled renderings
     */
    public Budget(ZonedDateTime now, LongSupplier nanoTime) {
        this.now = now;
        this.nanoTime = nanoTime;
        this.started = nanoTime.getAsLong();
    }

    /** Counts steps: one for each evaluation, and as many as a value's size for comparing, hashing or sorting it. */
    public void charge(long work) {
        steps += work;
        if (steps < nextClockReading) {
            return;
        }
        limit(steps, MAX_STEPS, "more than %d steps");
        if (nanoTime.getAsLong() - started > STALLED.toNanos()) {
            throw new StalledRenderingException(STALLED, steps);
        }
        nextClockReading = steps + STEPS_BETWEEN_CLOCK_READINGS;
    }

    /** Fails with a message that names the limit if a value is beyond it. */
    static void limit(long value, long limit, String message) {
        if (value > limit) {
            throw TemplateException.budget(String.format(Locale.ROOT, message, limit));
        }
    }

    /** Counts a pass over this many UTF-16 units. */
    public void scan(long units) {
        charge(1 + units / UNITS_PER_STEP);
    }

    /** The current time for the template, constant during a rendering. */
    ZonedDateTime now() {
        return now;
    }

    /** Enters a level of nesting. Need not be left after a failure, which ends the rendering. */
    public void enter() {
        charge(1);
        limit(++depth, MAX_DEPTH, "more than %d levels of recursion");
    }

    /** Leaves a level. */
    public void leave() {
        depth--;
    }

    /** Walks through a list or mapping, of which only so many may lie inside one another. */
    public <T> T nested(Supplier<T> walk) {
        limit(++nesting, MAX_NESTING, "more than %d lists or mappings inside one another");
        T result = walk.get();
        nesting--;
        return result;
    }

    /** Announces a new text. */
    public int text(long units) {
        growText(0, units);
        allocate(BYTES_PER_ELEMENT);
        return (int) units;
    }

    /** Announces a text that grows. */
    public void growText(int units, long moreUnits) {
        limit(units + moreUnits, MAX_TEXT, "a text of more than %d characters");
        scan(moreUnits);
        allocate(2 * moreUnits);
    }

    /** Announces elements of a new list or mapping. */
    public int elements(long count) {
        limit(count, MAX_ELEMENTS, "a list of more than %d elements");
        charge(count);
        allocate(count * BYTES_PER_ELEMENT);
        return (int) count;
    }

    /** Announces the growth of a list to this size. */
    public void growTo(int size) {
        elements(size > MAX_ELEMENTS ? size : 1);
    }

    private void allocate(long moreBytes) {
        bytes += moreBytes;
        limit(bytes, MAX_BYTES, "more than 64 MiB of memory");
    }
}
