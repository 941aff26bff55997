package dev.anneal.engine.text.rows;

import dev.anneal.engine.text.spelling.Spelling;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A key of a row to which the format gives no meaning.
 *
 * @param parent what it stands in, such as {@code messages[].}; empty for the row itself
 * @param known keys that have a meaning there
 */
record UnknownKey(String parent, String name, Set<String> known) {

    /** The keys of an object that are not known. */
    static List<UnknownKey> of(Collection<?> keys, String parent, Set<String> known) {
        return keys.stream()
                .filter(key -> !known.contains(key))
                .map(key -> new UnknownKey(parent, (String) key, known))
                .toList();
    }

    UnknownKey within(String outer) {
        return new UnknownKey(outer + parent, name, known);
    }

    String path() {
        return parent + name;
    }

    /** Whether it is handed to chat templates, as all keys of messages are. */
    boolean isOfMessage() {
        return parent.endsWith("[].");
    }

    /** The known key that may be meant. */
    Optional<String> meant() {
        return Spelling.nearest(name, known);
    }
}
