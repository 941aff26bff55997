package dev.anneal.service.files;

/**
 * A query for what still reads a file. Districts that refer to files have a bean of this type. The query runs in the transaction that deletes the file and has locked
 * its row; whoever begins to use a file locks it by {@link Files#lockForUse}, so the answer stays true until the end of the transaction.
 *
 * @param unfinishedUser finds the id of something unfinished, a job for example, that reads the file with the id {@code :file} of {@code :tenant}; at most
 *     one row
 */
public record FileUsage(String unfinishedUser) {}
