package dev.anneal.service.files;

import dev.anneal.protocol.WireName;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Purposes of files. All but the last may be uploaded. */
public enum FilePurpose implements WireName {
    ASSISTANTS("assistants"),
    BATCH("batch"),
    /** Training and validation data: the rows are checked after the upload. */
    FINE_TUNE("fine-tune"),
    VISION("vision"),
    USER_DATA("user_data"),
    EVALS("evals"),
    /** Created by a job. */
    FINE_TUNE_RESULTS("fine-tune-results");

    private final String wireName;

    FilePurpose(String wireName) {
        this.wireName = wireName;
    }

    @Override
    public String wireName() {
        return wireName;
    }

    public boolean isUploadable() {
        return this != FINE_TUNE_RESULTS;
    }

    /** Whether files of this purpose are uploaded and then checked row by row. */
    boolean isChecked() {
        return this == FINE_TUNE;
    }

    /** Names of those that may be uploaded. */
    public static List<String> uploadable() {
        return Arrays.stream(values())
                .filter(FilePurpose::isUploadable)
                .map(FilePurpose::wireName)
                .toList();
    }

    public static List<String> wireNames() {
        return Arrays.stream(values()).map(FilePurpose::wireName).toList();
    }

    public static Optional<FilePurpose> named(String wireName) {
        return WireName.find(FilePurpose.class, wireName.toLowerCase(Locale.ROOT));
    }
}
