package dev.anneal.engine.text.foreign;

import dev.anneal.engine.text.fault.Place;
import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowProblem;
import dev.anneal.engine.text.fault.RowRejectedException;

/**
 * Content of a file that has no rows.
 *
 * @param found description
 * @param remedy how to convert it to rows
 */
public record ForeignFormat(String found, String remedy) {

    static final String EXPECTED = "JSONL in UTF-8, each row as a JSON object on a line of its own";

    public RowRejectedException rejection(Place line) {
        return line.reject(RowFault.OTHER_FORMAT, EXPECTED, found, remedy);
    }

    /** The problem of the file, at its first line. */
    public RowProblem problem() {
        return rejection(Place.ofLine(1)).problem();
    }
}
