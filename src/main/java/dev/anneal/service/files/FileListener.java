package dev.anneal.service.files;

/** Told of files whose rows are to be checked, and of the end of any file. Implemented by the module that checks, which this one does not know. */
public interface FileListener {

    /**
     * Called within the transaction of the file's tenant that completes the upload: what this writes exists exactly if the file does.
     *
     * @param file is {@link FileStatus#UPLOADED} until {@link FileVerdict} says more
     */
    void uploaded(StoredFile file);

    /** Called once the upload is certain. */
    void committed(StoredFile file);

    /** Called within the transaction that ends the file: forgets what was still to be found out about it. */
    void deleted(long fileKey);
}
