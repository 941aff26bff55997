package dev.anneal.engine.text.rows;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts the unknown keys of a file, at most {@link DatasetLimits#LISTED_KEYS} different ones. */
final class UnknownKeys {

    private static final String UNLESS_IN_TEMPLATE = ", unless the model's chat template reads %s";

    /** By path, in the order in which they were found. */
    private final Map<String, Found> found = new LinkedHashMap<>();

    /** Where a key stands. */
    private static final class Found {
        private final UnknownKey key;
        private final long firstLine;
        private long count;

        Found(UnknownKey key, long firstLine) {
            this.key = key;
            this.firstLine = firstLine;
        }

        String described() {
            return count == 1
                    ? "once, in line " + firstLine
                    : "%,d times, first in line %d".formatted(count, firstLine);
        }
    }

    void add(long line, UnknownKey key) {
        String path = Excerpt.shorten(key.path());
        Found known = found.get(path);
        if (known == null && found.size() < DatasetLimits.LISTED_KEYS) {
            known = new Found(key, line);
            found.put(path, known);
        }
        if (known != null) {
            known.count++;
        }
    }

    /** Counts by path. */
    Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        found.forEach((path, key) -> counts.put(path, key.count));
        return counts;
    }

    /** What to tell the author: of each key that seems misspelt by itself, of the others together. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        List<String> others = new ArrayList<>();
        boolean hasMessageKeys = false;
        for (Map.Entry<String, Found> entry : found.entrySet()) {
            UnknownKey key = entry.getValue().key;
            String described =
                    "'%s' (%s)".formatted(entry.getKey(), entry.getValue().described());
            Optional<String> meant = key.meant();
            if (meant.isEmpty()) {
                others.add(described);
                hasMessageKeys |= key.isOfMessage();
            } else {
                warnings.add("The unknown key %s is ignored%s. Did you mean '%s'?"
                        .formatted(
                                described, key.isOfMessage() ? UNLESS_IN_TEMPLATE.formatted("it") : "", meant.get()));
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
