package dev.anneal.engine.text.data;

import dev.anneal.engine.text.rows.Place;
import dev.anneal.engine.text.rows.RowFault;
import dev.anneal.engine.text.rows.RowRejectedException;

/** Says of which message a chat template does not show where it stands, and why. */
final class UnclearTemplate {

    private UnclearTemplate() {}

    static RowRejectedException at(Place place, int message, String found) {
        return at(
                place,
                message,
                "a message whose place the base model's chat template shows",
                found,
                "set weight 0 on it, which leaves it out of what is trained, or choose a base model whose template shows it whole or marks assistant text by {% generation %}");
    }

    static RowRejectedException at(Place place, int message, String expected, String found, String remedy) {
        return place.key("messages").index(message).reject(RowFault.UNCLEAR_TEMPLATE, expected, found, remedy);
    }
}
