package dev.anneal.service.files.http;

import dev.anneal.engine.text.data.ShownRow;
import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.files.Files;
import dev.anneal.service.files.check.RenderedRows;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import java.io.IOException;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/files/{id}/rows}: rows as a model reads them, with what is trained. */
@RestController
final class FileRowsController {

    private static final int MOST = 20;

    private final Files files;
    private final RenderedRows rows;

    FileRowsController(Files files, RenderedRows rows) {
        this.files = files;
        this.rows = rows;
    }

    @GetMapping("/v1/files/{fileId}/rows")
    @RequiresScope(Scope.FILES_READ)
    ListBody<FileRowBody> list(
            Tenant tenant,
            @PathVariable String fileId,
            @RequestParam String model,
            @RequestParam(defaultValue = "0") long after,
            @RequestParam(defaultValue = "5") int limit)
            throws IOException {
        if (limit < 1 || limit > MOST) {
            throw Refusal.invalidValue("limit", "'limit' must be an integer from 1 to " + MOST + " but is " + limit);
        }
        if (after < 0) {
            throw Refusal.invalidValue("after", "'after' must be a line of the file, or 0, but is " + after);
        }
        PageRequest page = new PageRequest(null, limit, true);
        List<ShownRow> read = rows.read(files.require(tenant.id(), fileId), model, after, page.rowsToRead());
        return ListBody.of(Page.of(read, page).map(FileRowBody::of), row -> Long.toString(row.line()));
    }
}
