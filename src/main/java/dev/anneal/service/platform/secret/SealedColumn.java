package dev.anneal.service.platform.secret;

/**
 * A column of encrypted texts. For each bean of this type, rows are checked when the service starts, and re-encrypted
 * when the first key changes.
 *
 * @param table name of the table; like those of the columns it becomes part of SQL, so it must never come from a client
 * @param id column that identifies rows
 * @param column column of the encrypted text; null if there is no secret
 */
public record SealedColumn(String table, String id, String column) {

    /** Context that binds an encrypted text to its row and column: it cannot be decrypted in another one. */
    String context(String rowId) {
        return table + "." + column + "/" + rowId;
    }
}
