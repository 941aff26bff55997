package dev.anneal.engine.run.serve;

import java.util.List;

/** Passes an answer's text up to its first stop text. A possible beginning of one is held back until it is decided. */
final class StopTexts {

    private final List<String> stops;
    private String held = "";
    private boolean reached;

    /** @param stops none of them empty */
    StopTexts(List<String> stops) {
        this.stops = List.copyOf(stops);
    }

    /** The part of the text that can be emitted now; empty after a stop text. */
    String pass(String more) {
        if (reached) {
            return "";
        }
        String text = held + more;
        int end = firstStop(text);
        reached = end >= 0;
        int told = reached ? end : text.length() - heldLength(text);
        held = reached ? "" : text.substring(told);
        return text.substring(0, told);
    }

    /** The text held back, once no more follows. */
    String remaining() {
        String rest = held;
        held = "";
        return rest;
    }

    boolean reached() {
        return reached;
    }

    private int firstStop(String text) {
        return stops.stream()
                .mapToInt(text::indexOf)
                .filter(place -> place >= 0)
                .min()
                .orElse(-1);
    }

    /** Length of the longest end of the text that is the beginning of a stop text. */
    private int heldLength(String text) {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, text.length()); length > longest; length--) {
                if (text.regionMatches(text.length() - length, stop, 0, length)) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
