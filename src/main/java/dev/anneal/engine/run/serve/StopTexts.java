package dev.anneal.engine.run.serve;

import java.util.List;

/** Lets an answer's text pass up to the first of its stop texts. What may be the beginning of one is held back until it is known. */
final class StopTexts {

    private final List<String> stops;
    private String held = "";
    private boolean reached;

    /** @param stops none of them empty */
    StopTexts(List<String> stops) {
        this.stops = List.copyOf(stops);
    }

    /** The part of the text so far that can be told now and was not yet. Nothing comes after a stop text. */
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

    /** What was held back, when no text comes any more. */
    String rest() {
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

    /** Length of the longest end of the text with which a stop text begins. */
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
