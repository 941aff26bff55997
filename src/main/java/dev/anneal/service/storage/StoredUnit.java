package dev.anneal.service.storage;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file or folder in the store that a row refers or referred to.
 *
 * @param owner id of the file, upload, job or export that it belongs to
 */
public record StoredUnit(ArtifactKey key, UnitType kind, String tenant, String owner) {

    /** Kinds of units. */
    public enum UnitType {
        /** Content of a file. */
        FILE("(?<tenant>[^/]+)/files/(?<owner>file-[0-9a-z]{26})"),
        /** Parts of an upload. */
        UPLOAD("(?<tenant>[^/]+)/uploads/(?<owner>upload_[0-9a-z]{26})"),
        /** Output of an attempt of a training, for example a checkpoint. */
        ATTEMPT("(?<tenant>[^/]+)/(?<owner>ftjob-[0-9a-z]{26})/attempt-\\d+/[^/]+"),
        /** Output of an attempt of an export. */
        EXPORT("(?<tenant>[^/]+)/[^/]+/(?<owner>ftexp-[0-9a-z]{26})-\\d+");

        private final Pattern begin;

        UnitType(String begin) {
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

    /** The unit of a stored file; empty for a file that this service has not written and must not delete. */
    public static Optional<StoredUnit> of(ArtifactKey file) {
        for (UnitType kind : UnitType.values()) {
            Optional<StoredUnit> unit = kind.unit(file);
            if (unit.isPresent()) {
                return unit;
            }
        }
        return Optional.empty();
    }
}
