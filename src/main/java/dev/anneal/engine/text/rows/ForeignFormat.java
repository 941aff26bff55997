package dev.anneal.engine.text.rows;

/**
 * What a file holds instead of rows.
 *
 * @param found in words
 * @param remedy how to make rows of it
 */
record ForeignFormat(String found, String remedy) {

    static final String EXPECTED = "JSONL in UTF-8, each row as a JSON object on a line of its own";

    RowRejectedException rejection(Place line) {
        return line.reject(RowFault.OTHER_FORMAT, EXPECTED, found, remedy);
    }

    /** The one problem of a file, at its first line. */
    RowProblem problem() {
        return rejection(Place.ofLine(1)).problem();
    }
}
