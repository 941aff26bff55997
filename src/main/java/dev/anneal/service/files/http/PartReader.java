package dev.anneal.service.files.http;

import dev.anneal.service.files.upload.UploadPart;
import dev.anneal.service.files.upload.UploadParts;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.fileupload2.core.FileItemInput;
import org.apache.commons.fileupload2.core.FileItemInputIterator;
import org.apache.commons.fileupload2.core.FileUploadException;
import org.apache.commons.fileupload2.jakarta.servlet6.JakartaServletFileUpload;
import org.springframework.stereotype.Component;

/** Reads the part of an upload as it arrives, so that it takes a buffer of memory and no copy on the disk. */
@Component
final class PartReader {

    private static final String DATA = "data";

    private final UploadParts parts;

    PartReader(UploadParts parts) {
        this.parts = parts;
    }

    /** @throws Refusal if the request is not one part in the field {@code data} */
    UploadPart read(String tenantId, String uploadId, HttpServletRequest request) throws IOException {
        if (!JakartaServletFileUpload.isMultipartContent(request)) {
            throw new Refusal(
                    RefusalCode.UNSUPPORTED_MEDIA_TYPE,
                    "Parts are uploaded as multipart/form-data with the field 'data'.");
        }
        try {
            FileItemInputIterator fields = UploadReader.parts(request, UploadParts.MAX_PART_BYTES);
            if (!fields.hasNext()) {
                throw new Refusal(RefusalCode.MISSING_PARAMETER, "The field 'data' with the content is missing.", DATA);
            }
            FileItemInput field = fields.next();
            String name = String.valueOf(field.getFieldName());
            if (!name.equals(DATA)) {
                throw new Refusal(
                        RefusalCode.UNKNOWN_PARAMETER, "Unknown parameter: '" + name + "'; send 'data' alone", name);
            }
            try (InputStream content = field.getInputStream()) {
                return parts.add(tenantId, uploadId, content);
            }
        } catch (FileUploadException unusable) {
            throw UploadReader.refusal(unusable, UploadParts.MAX_PART_BYTES, DATA);
        }
    }
}
