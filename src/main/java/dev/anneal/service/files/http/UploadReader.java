package dev.anneal.service.files.http;

import dev.anneal.service.access.quota.QuotaGate;
import dev.anneal.service.files.FileIntake;
import dev.anneal.service.files.ReceivedFile;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.files.upload.UploadPart;
import dev.anneal.service.files.upload.UploadParts;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.fileupload2.core.DiskFileItem;
import org.apache.commons.fileupload2.core.DiskFileItemFactory;
import org.apache.commons.fileupload2.core.FileItemInput;
import org.apache.commons.fileupload2.core.FileItemInputIterator;
import org.apache.commons.fileupload2.core.FileUploadException;
import org.apache.commons.fileupload2.core.FileUploadSizeException;
import org.apache.commons.fileupload2.jakarta.servlet6.JakartaServletFileUpload;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reads a multipart upload part by part as it arrives, so that a file of any size needs only a buffer in memory and no
 * temporary file. The content may lack a filename, in which case containers would treat it as a text field.
 *
 * <p>The streams of parts are not closed: closing reads on to the end of the part, for which a refused client would be
 * waited for. The next part does this for those before it.
 */
@Component
final class UploadReader {

    private static final String FILE = "file";
    private static final String DATA = "data";
    private static final String DEFAULT_FILENAME = "file.jsonl";
    private static final int MAX_FIELD_BYTES = 1024;
    private static final int MAX_FILENAME_LENGTH = 255;

    /** Maximum size of headers, fields and boundaries in addition to the content. */
    private static final long MAX_OVERHEAD_BYTES = 64 << 10;

    /** The content, the three fields, and some repeated ones. */
    private static final int MAX_PARTS = 10;

    private final FileIntake intake;
    private final QuotaGate quotas;
    private final UploadParts parts;

    UploadReader(FileIntake intake, QuotaGate quotas, UploadParts parts) {
        this.intake = intake;
        this.quotas = quotas;
        this.parts = parts;
    }

    /**
     * @throws Refusal if the request is not a valid upload; nothing is stored then
     */
    StoredFile read(String tenantId, HttpServletRequest request) throws IOException {
        if (!JakartaServletFileUpload.isMultipartContent(request)) {
            throw new Refusal(
                    RefusalCode.UNSUPPORTED_MEDIA_TYPE,
                    "Files are uploaded as multipart/form-data with the fields 'file' and 'purpose'.");
        }
        Upload upload = new Upload(tenantId);
        StoredFile file = null;
        try {
            upload.readParts(parts(request, intake.maxBytes()));
            file = upload.complete();
            return file;
        } catch (FileUploadException unusable) {
            throw refusal(unusable, intake.maxBytes(), FILE);
        } finally {
            if (file == null) {
                upload.abandon();
            }
        }
    }

    /**
     * Reads a part of an upload.
     *
     * @throws Refusal if the request is not one part in the field {@code data}
     */
    UploadPart readPart(String tenantId, String uploadId, HttpServletRequest request) throws IOException {
        if (!JakartaServletFileUpload.isMultipartContent(request)) {
            throw new Refusal(
                    RefusalCode.UNSUPPORTED_MEDIA_TYPE,
                    "Parts are uploaded as multipart/form-data with the field 'data'.");
        }
        try {
            FileItemInputIterator fields = parts(request, UploadParts.MAX_PART_BYTES);
            if (!fields.hasNext()) {
                throw new Refusal(RefusalCode.MISSING_PARAMETER, "The field 'data' with the content is missing.", DATA);
            }
            FileItemInput field = fields.next();
            String name = String.valueOf(field.getFieldName());
            if (!name.equals(DATA)) {
                throw Refusal.unknown("field", name, List.of(DATA), "");
            }
            return parts.add(tenantId, uploadId, field.getInputStream());
        } catch (FileUploadException unusable) {
            throw refusal(unusable, UploadParts.MAX_PART_BYTES, DATA);
        }
    }

    /**
     * @param contentBytes of the largest content; what a body has before, between and after its parts is counted too
     */
    private static FileItemInputIterator parts(HttpServletRequest request, long contentBytes) throws IOException {
        JakartaServletFileUpload<DiskFileItem, DiskFileItemFactory> parser = new JakartaServletFileUpload<>();
        parser.setHeaderCharset(StandardCharsets.UTF_8);
        parser.setMaxSize(contentBytes + MAX_OVERHEAD_BYTES);
        return parser.getItemIterator(request);
    }

    /** @param contentBytes as for {@link #parts} */
    private static Refusal refusal(FileUploadException unusable, long contentBytes, String param) {
        long permitted = contentBytes + MAX_OVERHEAD_BYTES;
        // Headers of a part that are too long are told by the same exception.
        return unusable instanceof FileUploadSizeException large && large.getPermitted() == permitted
                ? new Refusal(
                        RefusalCode.REQUEST_TOO_LARGE,
                        "The multipart body is larger than " + permitted + " bytes: " + contentBytes
                                + " of content and what belongs to the form.",
                        param)
                : new Refusal(
                        RefusalCode.INVALID_MULTIPART,
                        "The multipart body is malformed: " + unusable.getMessage(),
                        param);
    }

    /** One upload being read. */
    private final class Upload {

        private final String tenantId;
        private final UploadForm form = new UploadForm();
        private @Nullable ReceivedFile received;

        Upload(String tenantId) {
            this.tenantId = tenantId;
        }

        void readParts(FileItemInputIterator parts) throws IOException {
            for (int count = 1; parts.hasNext(); count++) {
                if (count > MAX_PARTS) {
                    throw new Refusal(
                            RefusalCode.INVALID_MULTIPART,
                            "An upload has at most " + MAX_PARTS + " parts, this one has more.");
                }
                read(parts.next());
            }
        }

        private void read(FileItemInput part) throws IOException {
            String name = String.valueOf(part.getFieldName());
            InputStream content = part.getInputStream();
            if (name.equals(FILE)) {
                if (received != null) {
                    throw Refusal.invalidValue(FILE, "The field 'file' is there twice; upload one file at a time.");
                }
                received = intake.receive(tenantId, filename(part.getName()), content, quotas.uploadLimit(tenantId));
            } else if (UploadForm.knows(name)) {
                form.put(name, text(name, content));
            } else {
                throw UploadForm.unknown(name, FILE);
            }
        }

        StoredFile complete() {
            if (received == null) {
                throw new Refusal(RefusalCode.MISSING_PARAMETER, "The field 'file' with the content is missing.", FILE);
            }
            return intake.complete(received, form.purpose(), form.expiresAfter());
        }

        void abandon() {
            if (received != null) {
                intake.abandon(received);
            }
        }
    }

    private static String text(String name, InputStream content) throws IOException {
        byte[] bytes = content.readNBytes(MAX_FIELD_BYTES + 1);
        if (bytes.length > MAX_FIELD_BYTES) {
            throw Refusal.invalidValue(name, "The field '" + name + "' is longer than " + MAX_FIELD_BYTES + " bytes.");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * The name is only shown, never used as one: the last segment of what the client sent, without control characters.
     */
    static String filename(@Nullable String given) {
        if (given == null) {
            return DEFAULT_FILENAME;
        }
        String name = given.substring(Math.max(given.lastIndexOf('/'), given.lastIndexOf('\\')) + 1)
                .replaceAll("\\p{Cntrl}", "")
                // Browsers and the SDKs escape the quote, and nothing else, in a quoted name.
                .replace("%22", "\"")
                .strip();
        if (name.isEmpty()) {
            return DEFAULT_FILENAME;
        }
        return name.length() <= MAX_FILENAME_LENGTH ? name : name.substring(0, MAX_FILENAME_LENGTH);
    }
}
