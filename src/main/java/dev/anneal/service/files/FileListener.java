package dev.anneal.service.files;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Told of files whose rows are to be checked, and of the end of any file. Implemented by the module that checks, which this one does not know. */
public interface FileListener {

    /**
     * What this writes exists exactly if the file does.
     *
     * @param transaction the transaction of the file's tenant that completes the upload
     * @param file is {@link FileStatus#UPLOADED} until {@link FileVerdict} says more
     */
    void uploaded(JdbcClient transaction, StoredFile file);

    /** Called once the upload is certain. */
    void committed(StoredFile file);

    /**
     * Forgets what was still to be found out about a file.
     *
     * @param transaction the transaction that ends the file
     */
    void deleted(JdbcClient transaction, long fileKey);
}
