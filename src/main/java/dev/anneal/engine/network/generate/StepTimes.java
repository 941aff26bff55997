package dev.anneal.engine.network.generate;

import java.util.Map;
import java.util.TreeMap;

/**
 * How long work on tokens takes, by their number: recent times, because memory and other work change them. Not
 * thread-safe.
 */
final class StepTimes {

    /** Weight of the newest time in the average. */
    private static final double NEWEST = 0.3;

    /**
     * An average that no step has renewed for this many steps is forgotten, so that an accident is not believed for
     * long.
     */
    private static final int LIFETIME_STEPS = 256;

    /** The same of an average of few times, because what is done for the first time takes longer. */
    private static final int LIFETIME_OF_FEW = 16;

    private static final int FEW = 3;

    /** Share of the time that is expected to be the same for fewer tokens. */
    private final double fixed;

    private final TreeMap<Integer, Average> averages = new TreeMap<>();
    private long steps;

    /**
     * @param step number of the step that renewed it last
     * @param times number of times in it
     */
    private record Average(double nanos, long step, int times) {

        long end() {
            return step + (times < FEW ? LIFETIME_OF_FEW : LIFETIME_STEPS);
        }
    }

    private StepTimes(double fixed) {
        this.fixed = fixed;
    }

    /** Of steps, which read all weights for one token as for several. */
    static StepTimes ofSteps() {
        return new StepTimes(1);
    }

    /** Of proposals, which are made one after another. */
    static StepTimes ofProposals() {
        return new StepTimes(0);
    }

    /** A step begins. */
    void begin() {
        steps++;
        averages.values().removeIf(average -> average.end() < steps);
    }

    void note(int tokens, long nanos) {
        Average known = averages.get(tokens);
        double before = known == null ? nanos : known.nanos;
        averages.put(
                tokens, new Average(before + NEWEST * (nanos - before), steps, known == null ? 1 : known.times + 1));
    }

    /**
     * Expected nanoseconds: as measured, or on the line through the two nearest measured numbers of tokens. Where a
     * single one is known, up to twice as many tokens are expected to take as long, so that they are tried, and more in
     * proportion.
     *
     * @return 0 if nothing is known
     */
    double nanos(int tokens) {
        Map.Entry<Integer, Average> fewer = averages.floorEntry(tokens);
        Map.Entry<Integer, Average> more = averages.ceilingEntry(tokens);
        if (fewer == null) {
            return more == null ? 0 : more.getValue().nanos * (fixed + (1 - fixed) * tokens / more.getKey());
        }
        if (more == null) {
            more = fewer;
            fewer = averages.lowerEntry(more.getKey());
        }
        return fewer == null
                ? more.getValue().nanos * Math.max(1, tokens / (2.0 * more.getKey()))
                : onLine(fewer, more, tokens);
    }

    private static double onLine(Map.Entry<Integer, Average> one, Map.Entry<Integer, Average> other, int tokens) {
        double slope = (other.getValue().nanos - one.getValue().nanos) / Math.max(1, other.getKey() - one.getKey());
        return one.getValue().nanos + Math.max(0, slope) * (tokens - one.getKey());
    }
}
