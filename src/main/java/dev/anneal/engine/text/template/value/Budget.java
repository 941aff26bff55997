package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.StalledRenderingException;
import dev.anneal.engine.text.template.TemplateException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.function.LongSupplier;

/**
 * What one rendering may use. Work is counted in steps, so that the same row fails or passes on every machine, however busy. Whatever makes a text or a list
 * asks here before it allocates.
 */
public final class Budget {

    /** UTF-16 units of the output, and of any single text. */
    public static final int MAX_TEXT = 1 << 20;

    /** Elements of a list or range: the bound that Jinja's own sandbox puts on {@code range}. */
    public static final int MAX_ELEMENTS = 100_000;

    /** Lists and mappings inside one another. */
    public static final int MAX_NESTING = 100;

    /** Size of an integer: 301 decimal digits, so that each has a double beside it. */
    public static final int MAX_INTEGER_BITS = 1000;

    /** A row of 100 messages takes some thousand steps; these are gone after about a quarter of a second. */
    static final long MAX_STEPS = 5_000_000;

    /** Expressions and statements inside one another; a stack of 512 KiB holds them. */
    static final int MAX_DEPTH = 500;

    private static final long MAX_BYTES = 64L << 20;

    /** Some two hundred times what the steps take: a machine that needs longer is at fault, not the row. */
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

    public Budget() {
        this(Instant.EPOCH.atZone(ZoneOffset.UTC), System::nanoTime);
    }

    /**
     * The budget of a rendering that begins.
     *
     * @param now what {@code strftime_now} shows
     * @param nanoTime clock that tells whether a rendering has stalled
     */
    public Budget(ZonedDateTime now, LongSupplier nanoTime) {
        this.now = now;
        this.nanoTime = nanoTime;
        this.started = nanoTime.getAsLong();
    }

    /** Counts steps: one for each evaluation, and as many as a value's size for comparing, hashing or sorting it. */
    public void charge(long work) {
        steps += work;
        if (steps >= nextClockReading) {
            checkWorkAndTime();
        }
    }

    /** Counts a pass over this many UTF-16 units. */
    public void scan(long units) {
        charge(1 + units / UNITS_PER_STEP);
    }

    /** What a template takes for the present: one instant for all of a rendering. */
    ZonedDateTime now() {
        return now;
    }

    /** Goes one level deeper. There is no need to leave after a failure, since it ends the rendering. */
    public void enter() {
        charge(1);
        if (++depth > MAX_DEPTH) {
            throw TemplateException.budget("more than " + MAX_DEPTH + " levels of recursion");
        }
    }

    /** Comes back from {@link #enter}. */
    public void leave() {
        depth--;
    }

    /** Announces a new text. */
    public int text(long units) {
        growText(0, units);
        allocate(BYTES_PER_ELEMENT);
        return (int) units;
    }

    /** Announces a text that grows. */
    public void growText(int units, long moreUnits) {
        if (units > MAX_TEXT - moreUnits) {
            throw TemplateException.budget("a text of more than " + MAX_TEXT + " characters");
        }
        scan(moreUnits);
        allocate(2 * moreUnits);
    }

    /** Announces elements of a new list or mapping. */
    public int elements(long count) {
        if (count > MAX_ELEMENTS) {
            throw TemplateException.budget("a list of more than " + MAX_ELEMENTS + " elements");
        }
        charge(count);
        allocate(count * BYTES_PER_ELEMENT);
        return (int) count;
    }

    /** Announces one more element of a list that has this many with it. */
    public void growTo(int size) {
        elements(size > MAX_ELEMENTS ? size : 1);
    }

    private void allocate(long moreBytes) {
        bytes += moreBytes;
        if (bytes > MAX_BYTES) {
            throw TemplateException.budget("more than " + (MAX_BYTES >> 20) + " MiB of memory");
        }
    }

    private void checkWorkAndTime() {
        if (steps > MAX_STEPS || steps < 0) {
            throw TemplateException.budget("more than " + MAX_STEPS + " steps");
        }
        if (nanoTime.getAsLong() - started > STALLED.toNanos()) {
            throw new StalledRenderingException(STALLED, steps);
        }
        nextClockReading = steps + STEPS_BETWEEN_CLOCK_READINGS;
    }
}
