package dev.anneal.engine.data;

import dev.anneal.engine.rows.Place;
import dev.anneal.engine.rows.RowFault;
import dev.anneal.engine.rows.RowRejectedException;

/** Says of which message a chat template does not show where it stands, and why. */
final class UnclearTemplate {

    private UnclearTemplate() {}

    static RowRejectedException at(Place place, int message, String found) {
        return place.key("messages")
                .index(message)
                .reject(
                        RowFault.UNCLEAR_TEMPLATE,
                        "a chat template whose text shows where this message stands",
                        found,
                        "set weight 0 on it, or mark assistant text in the template by {% generation %}");
    }
}
