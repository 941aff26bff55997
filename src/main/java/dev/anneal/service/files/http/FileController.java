package dev.anneal.service.files.http;

import dev.anneal.service.access.download.Download;
import dev.anneal.service.access.tenant.DownloadLink;
import dev.anneal.service.access.tenant.DownloadLinks;
import dev.anneal.service.access.tenant.Principal;
import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.AdditionalParameters;
import dev.anneal.service.access.web.DeletedBody;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.access.web.PageLimits;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.files.Files;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.storage.ArtifactStore;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/files}: uploads, lists, contents and deletion of files. */
@RestController
@RequestMapping("/v1/files")
final class FileController {

    private final Files files;
    private final UploadReader uploads;
    private final ArtifactStore store;
    private final DownloadLinks links;

    FileController(Files files, UploadReader uploads, ArtifactStore store, DownloadLinks links) {
        this.files = files;
        this.uploads = uploads;
        this.store = store;
        this.links = links;
    }

    @PostMapping
    @RequiresScope(Scope.FILES_WRITE)
    FileBody create(Tenant tenant, HttpServletRequest request) throws IOException {
        return FileBody.of(uploads.read(tenant.id(), request));
    }

    @GetMapping
    @RequiresScope(Scope.FILES_READ)
    ListBody<FileBody> list(
            Tenant tenant,
            @RequestParam(required = false) @Nullable String purpose,
            @PageLimits(byDefault = 10_000, max = 10_000) PageRequest page) {
        return ListBody.of(files.list(tenant.id(), purpose(purpose), page).map(FileBody::of), FileBody::id)
                .withTextIds();
    }

    private static @Nullable FilePurpose purpose(@Nullable String given) {
        if (given == null || given.isEmpty()) {
            return null;
        }
        return FilePurpose.named(given).orElseThrow(() -> UploadForm.noPurpose(given, FilePurpose.wireNames()));
    }

    @GetMapping("/{fileId}")
    @RequiresScope(Scope.FILES_READ)
    FileBody retrieve(Tenant tenant, @PathVariable String fileId) {
        return FileBody.of(files.require(tenant.id(), fileId));
    }

    @GetMapping("/{fileId}/content")
    @RequiresScope(Scope.FILES_READ)
    @AdditionalParameters(DownloadLinks.PARAMETER)
    void content(Tenant tenant, @PathVariable String fileId, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        StoredFile file = files.require(tenant.id(), fileId);
        new Download(file.filename(), file.bytes(), file.sha256()).write(request, response, store, file.content());
    }

    @PostMapping("/{fileId}/link")
    @RequiresScope(Scope.FILES_READ)
    DownloadLink link(Principal principal, @PathVariable String fileId) {
        StoredFile file = files.require(principal.tenant().id(), fileId);
        return links.create(principal, "/v1/files/" + file.id() + "/content", Scope.FILES_READ);
    }

    /** Ignores the body that some clients send. */
    @DeleteMapping("/{fileId}")
    @RequiresScope(Scope.FILES_WRITE)
    DeletedBody delete(Tenant tenant, @PathVariable String fileId) {
        files.delete(tenant.id(), fileId);
        return new DeletedBody(fileId, "file", true);
    }
}
