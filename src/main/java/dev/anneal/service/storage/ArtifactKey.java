package dev.anneal.service.storage;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Name of a stored file or folder: segments of letters, digits, dots, hyphens and underscores, separated by slashes. No
 * segment begins with a dot, so no key leads upwards or to a hidden file, in any store.
 *
 * @param value for example {@code default/files/file-01k…}
 */
public record ArtifactKey(String value) {

    private static final Pattern VALUE =
            Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}){0,9}");

    public ArtifactKey {
        if (!VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "a key has up to 10 segments of letters, digits, '.', '_' and '-', none beginning"
                            + " with a dot, but is '" + value + "'");
        }
    }

    /** Key of the content of an uploaded file or result file. */
    public static ArtifactKey ofFile(String tenantId, String fileId) {
        return new ArtifactKey(tenantId).child("files").child(fileId);
    }

    /** The key of a name found in a store; empty if it is not a key and thus not this service's. */
    public static Optional<ArtifactKey> stored(String name) {
        return VALUE.matcher(name).matches() ? Optional.of(new ArtifactKey(name)) : Optional.empty();
    }

    /** The folder that contains this key; empty at the first level. */
    public Optional<ArtifactKey> folder() {
        int end = value.lastIndexOf('/');
        return end < 0 ? Optional.empty() : Optional.of(new ArtifactKey(value.substring(0, end)));
    }

    /** The last of its segments. */
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    /** The key of {@code name} in the folder with this key. */
    public ArtifactKey child(String name) {
        return new ArtifactKey(value + "/" + name);
    }

    @Override
    public String toString() {
        return value;
    }
}
