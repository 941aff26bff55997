package dev.anneal.service.access.quota;

/**
 * How many bytes an upload may have.
 *
 * @param source which limit that is, for the client
 */
public record UploadLimit(long bytes, String source) {

    /** No limit. */
    public static final UploadLimit NONE = new UploadLimit(Long.MAX_VALUE, "no limit");

    /** This limit, or the other one if that is less. */
    public UploadLimit orLess(long otherBytes, String otherSource) {
        return otherBytes < bytes ? new UploadLimit(otherBytes, otherSource) : this;
    }
}
