package dev.anneal.service.files.http;

import dev.anneal.engine.text.spelling.Spelling;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The text fields of an upload, which may precede or follow its content. */
final class UploadForm {

    private static final String PURPOSE = "purpose";
    private static final String ANCHOR = "expires_after[anchor]";
    private static final String SECONDS = "expires_after[seconds]";
    private static final List<String> KNOWN = List.of(PURPOSE, ANCHOR, SECONDS);

    static final int SHORTEST_SECONDS = 60 * 60;
    static final int LONGEST_SECONDS = 30 * 24 * 60 * 60;

    private final Map<String, String> fields = new LinkedHashMap<>();

    /** Whether the field is known. */
    static boolean knows(String name) {
        return KNOWN.contains(name);
    }

    /** The refusal of a field that is neither known nor the content. */
    static Refusal unknown(String name, String content) {
        List<String> fields = Stream.concat(Stream.of(content), KNOWN.stream()).toList();
        return Refusal.unknown("field", name, fields, Spelling.didYouMean(name, fields));
    }

    void put(String name, String value) {
        if (fields.put(name, value) != null) {
            throw Refusal.invalidValue(name, "The field '" + name + "' is there twice.");
        }
    }

    FilePurpose purpose() {
        String given = fields.get(PURPOSE);
        if (given == null || given.isBlank()) {
            throw new Refusal(
                    RefusalCode.MISSING_PARAMETER,
                    "The field 'purpose' is missing; training data has the purpose 'fine-tune'.",
                    PURPOSE);
        }
        return FilePurpose.named(given.strip())
                .filter(FilePurpose::isUploadable)
                .orElseThrow(() -> noPurpose(given, FilePurpose.uploadable()));
    }

    static Refusal noPurpose(String given, List<String> purposes) {
        return Refusal.invalidValue(
                PURPOSE,
                "'purpose' must be one of " + String.join(", ", purposes) + " but is '" + given + "'."
                        + Spelling.didYouMean(given, purposes));
    }

    /** How long after its creation the file expires, or null. */
    @Nullable
    Duration expiresAfter() {
        String anchor = fields.get(ANCHOR);
        String seconds = fields.get(SECONDS);
        if (anchor == null && seconds == null) {
            return null;
        }
        if (!"created_at".equals(anchor)) {
            throw Refusal.invalidValue(
                    ANCHOR,
                    "'" + ANCHOR + "' must be 'created_at' but is "
                            + (anchor == null ? "missing" : "'" + anchor + "'"));
        }
        if (seconds != null && seconds.strip().matches("[0-9]{1,9}")) {
            long value = Long.parseLong(seconds.strip());
            if (value >= SHORTEST_SECONDS && value <= LONGEST_SECONDS) {
                return Duration.ofSeconds(value);
            }
        }
        throw Refusal.invalidValue(
                SECONDS,
                "'" + SECONDS + "' must be an integer from " + SHORTEST_SECONDS + " to " + LONGEST_SECONDS + " but is "
                        + (seconds == null ? "missing" : "'" + seconds + "'"));
    }
}
