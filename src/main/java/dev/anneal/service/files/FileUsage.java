package dev.anneal.service.files;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What still needs a file. Implemented by the modules that refer to files, which this one does not know. */
public interface FileUsage {

    /**
     * The id of something unfinished, a job for example, that reads the file.
     *
     * @param transaction the transaction that deletes the file and has locked its row; whoever begins to use a file locks it by
     *     {@link Files#lockForUse}, so the answer stays true until the end of the transaction
     * @param fileKey {@link StoredFile#key()}
     */
    Optional<String> unfinishedUser(JdbcClient transaction, String tenantId, long fileKey, String fileId);

    /** @param query finds at most one such id, by {@code :file}, the file's id, and {@code :tenant} */
    static FileUsage foundBy(String query) {
        return (transaction, tenantId, fileKey, fileId) -> transaction
                .sql(query)
                .param("file", fileId)
                .param("tenant", tenantId)
                .query(String.class)
                .optional();
    }
}
