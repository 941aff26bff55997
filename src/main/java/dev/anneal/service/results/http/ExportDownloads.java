package dev.anneal.service.results.http;

import dev.anneal.service.access.download.Download;
import dev.anneal.service.access.tenant.DownloadLink;
import dev.anneal.service.access.tenant.DownloadLinks;
import dev.anneal.service.access.tenant.Principal;
import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.AdditionalParameters;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.results.export.Export;
import dev.anneal.service.results.export.Exports;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The files of an export: as a list, singly with Range, or all as a tar, also by a link. Files are streamed. */
@RestController
@RequestMapping({"/v1/fine_tuning/jobs/{jobId}/exports/{exportId}", "/v1/fine_tuning/exports/{exportId}"})
class ExportDownloads {

    private static final String READING = "its files can be read";

    private final Exports exports;
    private final ArtifactStore store;
    private final DownloadLinks links;

    ExportDownloads(Exports exports, ArtifactStore store, DownloadLinks links) {
        this.exports = exports;
        this.store = store;
        this.links = links;
    }

    @GetMapping("/files")
    @RequiresScope(Scope.MODELS_READ)
    ListBody<ExportBody.FileBody> files(
            Tenant tenant, @PathVariable(required = false) @Nullable String jobId, @PathVariable String exportId) {
        Export export = exports.find(tenant.id(), jobId, exportId);
        return ListBody.of(new Page<>(ExportBody.of(export, jobId).files(), false), ExportBody.FileBody::name);
    }

    @GetMapping("/files/{name}")
    @RequiresScope(Scope.MODELS_READ)
    void file(
            Tenant tenant,
            @PathVariable(required = false) @Nullable String jobId,
            @PathVariable String exportId,
            @PathVariable String name,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Export.Result result = exports.find(tenant.id(), jobId, exportId).requireResult(READING);
        Export.File file = result.files().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Refusal.notFound("file of this export", name, "name"));
        ArtifactKey key = new ArtifactKey(result.directory()).child(name);
        new Download(name, file.bytes(), file.sha256()).write(request, response, store, key);
    }

    @PostMapping("/link")
    @RequiresScope(Scope.MODELS_READ)
    DownloadLink link(
            Principal principal,
            @PathVariable(required = false) @Nullable String jobId,
            @PathVariable String exportId) {
        Export export = exports.find(principal.tenant().id(), jobId, exportId);
        export.requireResult(READING);
        return links.create(principal, ExportBody.path(export, jobId) + "/archive", Scope.MODELS_READ);
    }

    @GetMapping("/archive")
    @RequiresScope(Scope.MODELS_READ)
    @AdditionalParameters(DownloadLinks.PARAMETER)
    void archive(
            Tenant tenant,
            @PathVariable(required = false) @Nullable String jobId,
            @PathVariable String exportId,
            HttpServletResponse response)
            throws IOException {
        Export export = exports.find(tenant.id(), jobId, exportId);
        Export.Result result = export.requireResult(READING);
        response.setContentType("application/x-tar");
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + exportId + ".tar\"");
        response.setContentLengthLong(TarWriter.size(
                result.files().stream().mapToLong(Export.File::bytes).toArray()));
        TarWriter tar = new TarWriter(response.getOutputStream(), export.createdAt());
        for (Export.File file : result.files()) {
            ArtifactKey key = new ArtifactKey(result.directory()).child(file.name());
            try (InputStream content = store.open(key, 0)) {
                tar.add(folderOf(export) + "/" + file.name(), file.bytes(), content);
            }
        }
        tar.finish();
    }

    private static String folderOf(Export export) {
        return export.name() == null ? export.id() : export.name();
    }
}
