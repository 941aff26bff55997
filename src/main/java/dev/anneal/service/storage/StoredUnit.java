package dev.anneal.service.storage;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What lies in the store under one name that a row has or had.
 *
 * @param owner id of what it belongs to: a file, an upload, a job, an export
 */
public record StoredUnit(ArtifactKey key, Kind kind, String tenant, String owner) {

    /** What a unit is. */
    public enum Kind {
        /** Content of a file. */
        FILE("(?<tenant>[^/]+)/files/(?<owner>file-[0-9a-z]{26})"),
        /** Parts of an upload. */
        UPLOAD("(?<tenant>[^/]+)/uploads/(?<owner>upload_[0-9a-z]{26})"),
        /** What an attempt at a training has written, one checkpoint for example. */
        ATTEMPT("(?<tenant>[^/]+)/(?<owner>ftjob-[0-9a-z]{26})/attempt-\\d+/[^/]+"),
        /** What an attempt at an export has written. */
        EXPORT("(?<tenant>[^/]+)/[^/]+/(?<owner>ftexp-[0-9a-z]{26})-\\d+");

        private final Pattern begin;

        Kind(String begin) {
            this.begin = Pattern.compile("(?<unit>" + begin + ")(/.*)?");
        }

        private Optional<StoredUnit> unit(ArtifactKey key) {
            Matcher matcher = begin.matcher(key.value());
            return matcher.matches()
                    ? Optional.of(new StoredUnit(
                            new ArtifactKey(matcher.group("unit")),
                            this,
                            matcher.group("tenant"),
                            matcher.group("owner")))
                    : Optional.empty();
        }
    }

    /** The unit that a stored file belongs to; empty for what this service does not write, which is not its to delete. */
    public static Optional<StoredUnit> of(ArtifactKey file) {
        for (Kind kind : Kind.values()) {
            Optional<StoredUnit> unit = kind.unit(file);
            if (unit.isPresent()) {
                return unit;
            }
        }
        return Optional.empty();
    }
}
