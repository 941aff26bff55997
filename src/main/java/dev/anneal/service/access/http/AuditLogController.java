package dev.anneal.service.access.http;

import dev.anneal.service.access.audit.AuditEntry;
import dev.anneal.service.access.audit.AuditLog;
import dev.anneal.service.access.audit.AuditQuery;
import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.web.AdditionalParameters;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.access.web.PageLimits;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** {@code /v1/organization/audit_logs}: pages of the audit log, and all of it as JSON lines. */
@RestController
@RequestMapping("/v1/organization/audit_logs")
@AdditionalParameters({
    "event_types",
    "event_types[]",
    "actor_ids",
    "actor_ids[]",
    "project_ids",
    "project_ids[]",
    "resource_ids",
    "resource_ids[]",
    "effective_at[gt]",
    "effective_at[gte]",
    "effective_at[lt]",
    "effective_at[lte]"
})
class AuditLogController {

    private static final int CHUNK = 1000;

    private final AuditLog log;
    private final JsonMapper json;

    AuditLogController(AuditLog log, JsonMapper json) {
        this.log = log;
        this.json = json;
    }

    @GetMapping(params = "format!=jsonl")
    @RequiresScope(Scope.ADMIN)
    ListBody<AuditLogBody> list(
            @PageLimits(byDefault = 20, max = 100) PageRequest page,
            @RequestParam(required = false) @Nullable String format,
            HttpServletRequest request) {
        if (format != null && !format.equals("json")) {
            throw Refusal.invalidValue("format", "'format' must be 'json' or 'jsonl' but is '" + format + "'");
        }
        return ListBody.of(log.list(AuditParameters.read(request), page).map(AuditLogBody::of), AuditLogBody::id);
    }

    /** Oldest first, read in batches, with no transaction open while the client reads. */
    @GetMapping(params = "format=jsonl")
    @RequiresScope(Scope.ADMIN)
    void export(
            @RequestParam(required = false) @Nullable String after,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        AuditQuery query = AuditParameters.read(request);
        Page<AuditEntry> page =
                log.list(query, new PageRequest(after == null || after.isEmpty() ? null : after, CHUNK, true));
        response.setContentType("application/jsonl");
        response.setHeader("Content-Disposition", "attachment; filename=\"audit_logs.jsonl\"");
        write(page, response.getOutputStream());
        while (page.hasMore()) {
            String last = page.rows().get(page.rows().size() - 1).id();
            page = log.list(query, new PageRequest(last, CHUNK, true));
            write(page, response.getOutputStream());
        }
    }

    private void write(Page<AuditEntry> page, OutputStream out) throws IOException {
        for (AuditEntry entry : page.rows()) {
            String line = json.writeValueAsString(AuditLogBody.of(entry)) + "\n";
            out.write(line.getBytes(StandardCharsets.UTF_8));
        }
    }
}
