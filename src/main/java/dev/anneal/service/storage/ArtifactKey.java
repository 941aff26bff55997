package dev.anneal.service.storage;

import java.util.regex.Pattern;

/**
 * Name of a stored file or folder: segments of letters, digits, dots, hyphens and underscores, separated by slashes. No segment begins
 * with a dot, so a key can lead neither upwards nor to a hidden file, whatever store it is given to.
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

    /** Where the content of an uploaded or result file lies. */
    public static ArtifactKey ofFile(String tenantId, String fileId) {
        return new ArtifactKey(tenantId).child("files").child(fileId);
    }

    /** The key of {@code name} in the folder that this key names. */
    public ArtifactKey child(String name) {
        return new ArtifactKey(value + "/" + name);
    }

    @Override
    public String toString() {
        return value;
    }
}
