package dev.anneal.service.platform.request;

/**
 * An interval of numbers.
 *
 * @param least lower bound as it was written
 * @param most upper bound as it was written; empty for none
 */
record Interval(String least, boolean isAboveLeast, String most, boolean isBelowMost) {

    /** @param notation such as {@code [0, 1)}, or {@code (0, )} without an upper bound */
    static Interval of(String notation) {
        String[] bounds = notation.substring(1, notation.length() - 1).split(", ", -1);
        return new Interval(bounds[0], notation.startsWith("("), bounds[1], notation.endsWith(")"));
    }

    boolean contains(double number) {
        double lower = Double.parseDouble(least);
        double upper = most.isEmpty() ? Double.POSITIVE_INFINITY : Double.parseDouble(most);
        return (isAboveLeast ? number > lower : number >= lower) && (isBelowMost ? number < upper : number <= upper);
    }

    /** The interval in words that follow "a number". */
    String words() {
        if (most.isEmpty()) {
            return (isAboveLeast ? "above " : "of at least ") + least;
        }
        return isAboveLeast
                ? "above " + least + " and " + (isBelowMost ? "below " : "at most ") + most
                : "from " + least + " to " + (isBelowMost ? "below " : "") + most;
    }
}
