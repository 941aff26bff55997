package dev.anneal.service.exportapi;

import dev.anneal.service.export.Export;
import dev.anneal.service.export.Exports;
import dev.anneal.service.paging.Page;
import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.refusal.RefusalCode;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.tenant.Tenant;
import dev.anneal.service.web.ByteRange;
import dev.anneal.service.web.ListBody;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The files of an export: their list, one of them with Range, all of them as a tar. Nothing is held in memory. */
@RestController
@RequestMapping("/v1/fine_tuning/jobs/{jobId}/exports/{exportId}")
class ExportDownloads {

    private static final String BINARY = "application/octet-stream";

    private final Exports exports;
    private final ArtifactStore store;

    ExportDownloads(Exports exports, ArtifactStore store) {
        this.exports = exports;
        this.store = store;
    }

    @GetMapping("/files")
    ListBody<ExportBody.FileBody> files(Tenant tenant, @PathVariable String jobId, @PathVariable String exportId) {
        Export export = exports.find(tenant.id(), jobId, exportId);
        return ListBody.of(new Page<>(ExportBody.of(export, jobId).files(), false), ExportBody.FileBody::name);
    }

    /** The entity tag is the file's SHA-256, so a download that goes on elsewhere later goes on in the same bytes. */
    @GetMapping("/files/{name}")
    void file(
            Tenant tenant,
            @PathVariable String jobId,
            @PathVariable String exportId,
            @PathVariable String name,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Export.Result result = complete(exports.find(tenant.id(), jobId, exportId));
        Export.File file = result.files().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Refusal.notFound("file of this export", name, "name"));
        DownloadHeaders headers = DownloadHeaders.of(request);
        String tag = "\"" + file.sha256() + "\"";
        response.setHeader(HttpHeaders.ETAG, tag);
        response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
        if (headers.hasAlready(tag)) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        send(new ArtifactKey(result.directory()).child(name), headers.range(tag, file.bytes()), file, response);
    }

    private void send(ArtifactKey key, ByteRange range, Export.File file, HttpServletResponse response)
            throws IOException {
        try (InputStream content = store.open(key, range.first())) {
            response.setContentType(BINARY);
            response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + file.name() + "\"");
            response.setContentLengthLong(range.length());
            if (range.length() < file.bytes()) {
                response.setStatus(HttpServletResponse.SC_PARTIAL_CONTENT);
                response.setHeader(HttpHeaders.CONTENT_RANGE, range.contentRange(file.bytes()));
            }
            copy(content, response.getOutputStream(), range.length());
        }
    }

    @GetMapping("/archive")
    void archive(Tenant tenant, @PathVariable String jobId, @PathVariable String exportId, HttpServletResponse response)
            throws IOException {
        Export export = exports.find(tenant.id(), jobId, exportId);
        Export.Result result = complete(export);
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

    private static Export.Result complete(Export export) {
        Export.Result result = export.result();
        if (result == null) {
            throw new Refusal(
                    RefusalCode.EXPORT_NOT_READY,
                    "Export " + export.id() + " is " + WorkBody.status(export.work())
                            + "; its files can be read when its status is 'succeeded'");
        }
        return result;
    }

    private static void copy(InputStream content, OutputStream out, long bytes) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        long left = bytes;
        while (left > 0) {
            int count = content.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new IOException("the stored file ends " + left + " bytes before its recorded size");
            }
            out.write(buffer, 0, count);
            left -= count;
        }
    }
}
