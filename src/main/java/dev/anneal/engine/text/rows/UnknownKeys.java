package dev.anneal.engine.text.rows;

import dev.anneal.engine.text.fault.Excerpt;
import dev.anneal.engine.text.spelling.Spelling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Counts the unknown keys of a file, at most {@link DatasetLimits#LISTED_KEYS} different ones. */
final class UnknownKeys {

    private static final String UNLESS_IN_TEMPLATE = ", unless the model's chat template reads %s";

    /** By path, in order of appearance. */
    private final Map<String, Count> found = new LinkedHashMap<>();

    /**
     * An unknown key of a row.
     *
     * @param parent path of its object, such as {@code messages[].}; empty for the row itself
     * @param known known keys of that object
     */
    record Key(String parent, String name, Set<String> known) {

        String path() {
            return parent + name;
        }

        /** Whether it is passed to chat templates, like all keys of messages. */
        boolean isOfMessage() {
            return parent.endsWith("[].");
        }
    }

    /** Number of occurrences of a key. */
    private record Count(Key key, long firstLine, long count) {

        String described() {
            return count == 1
                    ? "once, in line " + firstLine
                    : "%,d times, first in line %d".formatted(count, firstLine);
        }
    }

    void add(long line, Key key) {
        String path = Excerpt.shorten(key.path());
        Count known = found.get(path);
        if (known != null) {
            found.put(path, new Count(known.key, known.firstLine, known.count + 1));
        } else if (found.size() < DatasetLimits.LISTED_KEYS) {
            found.put(path, new Count(key, line, 1));
        }
    }

    /** Counts by path. */
    Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        found.forEach((path, key) -> counts.put(path, key.count));
        return counts;
    }

    /** Warnings for the author: one for each key that seems misspelt, one for all others together. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        List<String> others = new ArrayList<>();
        boolean hasMessageKeys = false;
        for (Map.Entry<String, Count> entry : found.entrySet()) {
            Key key = entry.getValue().key;
            String described =
                    "'%s' (%s)".formatted(entry.getKey(), entry.getValue().described());
            Optional<String> meant = Spelling.nearest(key.name(), key.known());
            if (meant.isEmpty()) {
                others.add(described);
                hasMessageKeys |= key.isOfMessage();
            } else {
                warnings.add("The unknown key %s is ignored%s."
                                .formatted(described, key.isOfMessage() ? UNLESS_IN_TEMPLATE.formatted("it") : "")
                        + Spelling.question(meant.get()));
            }
        }
        if (!others.isEmpty()) {
            warnings.add("Unknown keys are ignored%s: %s."
                    .formatted(
                            hasMessageKeys ? UNLESS_IN_TEMPLATE.formatted("those of messages") : "",
                            String.join(", ", others)));
        }
        return warnings;
    }
}
