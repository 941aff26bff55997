package dev.anneal.service.files;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Purposes of files. All but the last may be uploaded. */
public enum FilePurpose {
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

    public static List<String> wireNames() {
        return Arrays.stream(values()).map(FilePurpose::wireName).toList();
    }

    public static Optional<FilePurpose> named(String wireName) {
        String lowerCase = wireName.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(purpose -> purpose.wireName.equals(lowerCase))
                .findFirst();
    }
}
