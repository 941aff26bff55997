package dev.anneal.service.platform.secret;

/**
 * A column of sealed texts. A bean of this type has its rows checked when the service starts, and sealed anew when the first key is another one.
 *
 * @param table whose name, like those of the columns, is part of statements: never a client's text
 * @param id column that tells the rows apart
 * @param column text, or null where there is no secret
 */
public record SealedColumn(String table, String id, String column) {

    /** Binds a sealed text to its row and column: it does not open in another one. */
    String context(String rowId) {
        return table + "." + column + "/" + rowId;
    }
}
