package dev.anneal.service.files.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.files.Files;
import dev.anneal.service.files.upload.Upload;
import dev.anneal.service.files.upload.UploadPart;
import dev.anneal.service.files.upload.Uploads;
import dev.anneal.service.platform.request.JsonBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code /v1/uploads}: uploads of files in parts. */
@RestController
@RequestMapping("/v1/uploads")
final class UploadController {

    private final Uploads uploads;
    private final UploadReader reader;
    private final Files files;

    UploadController(Uploads uploads, UploadReader reader, Files files) {
        this.uploads = uploads;
        this.reader = reader;
        this.files = files;
    }

    @PostMapping
    @RequiresScope(Scope.FILES_WRITE)
    UploadBody create(Tenant tenant, @RequestBody(required = false) @Nullable JsonNode body) {
        return body(uploads.create(
                tenant.id(), UploadRequest.create(JsonBody.of(body).object())));
    }

    @GetMapping("/{uploadId}")
    @RequiresScope(Scope.FILES_READ)
    UploadBody retrieve(Tenant tenant, @PathVariable String uploadId) {
        return body(uploads.find(tenant.id(), uploadId));
    }

    @PostMapping("/{uploadId}/parts")
    @RequiresScope(Scope.FILES_WRITE)
    UploadPart add(Tenant tenant, @PathVariable String uploadId, HttpServletRequest request) throws IOException {
        return reader.readPart(tenant.id(), uploadId, request);
    }

    @PostMapping("/{uploadId}/complete")
    @RequiresScope(Scope.FILES_WRITE)
    UploadBody complete(
            Tenant tenant, @PathVariable String uploadId, @RequestBody(required = false) @Nullable JsonNode body)
            throws IOException {
        UploadRequest.Completion wanted =
                UploadRequest.complete(JsonBody.of(body).object());
        return body(uploads.complete(tenant.id(), uploadId, wanted.partIds(), wanted.md5()));
    }

    /** Ignores the body that some clients send. */
    @PostMapping("/{uploadId}/cancel")
    @RequiresScope(Scope.FILES_WRITE)
    UploadBody cancel(Tenant tenant, @PathVariable String uploadId) {
        return body(uploads.cancel(tenant.id(), uploadId));
    }

    private UploadBody body(Upload upload) {
        String fileId = upload.fileId();
        return UploadBody.of(upload, fileId == null ? Optional.empty() : files.find(upload.tenantId(), fileId));
    }
}
