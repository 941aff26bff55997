package dev.anneal.service;

/** The body of {@code POST /v1/files} for clients of a test that write their requests themselves. */
public final class UploadedRows {

    public static final String CONTENT_TYPE = "multipart/form-data; boundary=b";

    private UploadedRows() {}

    /** A form with rows to train on. */
    public static String form(String rows) {
        return """
                --b\r
                Content-Disposition: form-data; name="purpose"\r
                \r
                fine-tune\r
                --b\r
                Content-Disposition: form-data; name="file"; filename="rows.jsonl"\r
                \r
                %s\r
                --b--\r
                """.formatted(rows);
    }
}
