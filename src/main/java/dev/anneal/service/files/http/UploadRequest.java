package dev.anneal.service.files.http;

import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.files.upload.NewUpload;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.StrictObject;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of requests about uploads. */
final class UploadRequest {

    private static final int LONGEST_PART_LIST = 10_000;
    private static final int LONGEST_MIME_TYPE = 255;

    private UploadRequest() {}

    static NewUpload create(StrictObject body) {
        String filename = UploadReader.filename(body.requiredText("filename"));
        FilePurpose purpose = purpose(body);
        Long bytes = body.longNumber("bytes");
        if (bytes == null || bytes < 1) {
            throw new Refusal(
                    bytes == null ? RefusalCode.MISSING_PARAMETER : RefusalCode.INVALID_VALUE,
                    "'bytes' must say how many bytes the parts have together, at least 1"
                            + (bytes == null ? "; it is missing" : ", but is " + bytes),
                    "bytes");
        }
        // Told by what is in it, a file needs no type; the clients send one.
        if (body.requiredText("mime_type").length() > LONGEST_MIME_TYPE) {
            throw Refusal.invalidValue("mime_type", "'mime_type' is longer than " + LONGEST_MIME_TYPE + " characters");
        }
        StrictObject expiry = body.object("expires_after");
        Duration expiresAfter = expiry == null ? null : expiresAfter(expiry);
        body.refuseOthers();
        return new NewUpload(filename, purpose, bytes, expiresAfter);
    }

    private static FilePurpose purpose(StrictObject body) {
        String purpose = body.requiredChoice("purpose", FilePurpose.uploadable());
        return FilePurpose.named(purpose).orElseThrow();
    }

    private static Duration expiresAfter(StrictObject expiry) {
        expiry.requiredText("anchor");
        expiry.choice("anchor", List.of("created_at"));
        Integer seconds = expiry.wholeNumber("seconds", UploadForm.SHORTEST_SECONDS, UploadForm.LONGEST_SECONDS);
        expiry.refuseOthers();
        if (seconds == null) {
            throw new Refusal(
                    RefusalCode.MISSING_PARAMETER,
                    "'" + expiry.param("seconds") + "' is required beside the anchor",
                    expiry.param("seconds"));
        }
        return Duration.ofSeconds(seconds);
    }

    static Completion complete(StrictObject body) {
        List<String> partIds = body.arraySize("part_ids") == 0 ? null : body.textOrTexts("part_ids");
        String md5 = body.text("md5");
        body.refuseOthers();
        if (partIds == null || partIds.size() > LONGEST_PART_LIST) {
            throw Refusal.invalidValue(
                    "part_ids",
                    "'part_ids' must list the parts in their order, from 1 to " + LONGEST_PART_LIST + " of them");
        }
        if (md5 != null && !md5.matches("[0-9A-Fa-f]{32}")) {
            throw Refusal.invalidValue("md5", "'md5' must be 32 hexadecimal digits");
        }
        return new Completion(partIds, md5);
    }

    /** Which parts are the file, in their order, and what it hashes to. */
    record Completion(List<String> partIds, @Nullable String md5) {

        Completion {
            partIds = List.copyOf(partIds);
        }
    }
}
