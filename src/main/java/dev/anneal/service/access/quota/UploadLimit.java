package dev.anneal.service.access.quota;

/**
 * Maximum size of an upload.
 *
 * @param source name of the limit for the client
 */
public record UploadLimit(long bytes, String source) {

    /** No limit. */
    public static final UploadLimit NONE = new UploadLimit(Long.MAX_VALUE, "no limit");

    /** The smaller of the two limits. */
    public UploadLimit orLess(long otherBytes, String otherSource) {
        return otherBytes < bytes ? new UploadLimit(otherBytes, otherSource) : this;
    }
}
