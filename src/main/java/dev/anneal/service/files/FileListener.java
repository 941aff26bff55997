package dev.anneal.service.files;

/**
 * Notified of new files whose rows must be checked, and of the deletion of files. Implemented by
 * {@code service.files.check}, on which this package does not depend.
 */
public interface FileListener {

    /**
     * Called within the tenant's transaction that completes the upload.
     *
     * @param file {@link FileStatus#UPLOADED} until its check has ended
     */
    void uploaded(StoredFile file);

    /** Called after the commit of the upload. */
    void committed(StoredFile file);

    /** Called within the transaction that deletes the file, to delete its checks. */
    void deleted(long fileKey);
}
