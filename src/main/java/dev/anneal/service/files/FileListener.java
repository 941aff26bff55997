package dev.anneal.service.files;

/** Takes the beginning of files whose rows are to be checked, and the end of any file. Implemented by {@code service.files.check}, which this package does not depend on. */
public interface FileListener {

    /**
     * Called within the transaction of the file's tenant that completes the upload: what this writes exists exactly if the file does.
     *
     * @param file is {@link FileStatus#UPLOADED} until its check has ended
     */
    void uploaded(StoredFile file);

    /** Called once the upload is certain. */
    void committed(StoredFile file);

    /** Called within the transaction that ends the file: forgets what was still to be found out about it. */
    void deleted(long fileKey);
}
