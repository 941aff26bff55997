package dev.anneal.service.files;

/**
 * A query for unfinished users of a file. Districts that refer to files declare a bean of this type. The query runs in
 * the transaction that deletes the file and has locked its row; new users lock the file with {@link Files#lockForUse},
 * so the answer remains valid until the end of the transaction.
 *
 * @param unfinishedUser selects the id of an unfinished user of the file {@code :file} of {@code :tenant}, for example
 *     a job; at most one row
 */
public record FileUsage(String unfinishedUser) {}
