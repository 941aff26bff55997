package dev.anneal.service.results.http;

import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.results.export.AdapterExports;
import dev.anneal.service.results.export.Export;
import dev.anneal.service.results.export.Exports;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The export that a path names: one of a job, or one of an uploaded adapter, which has no job. */
@Component
final class ExportsOfPaths {

    private final Exports exports;
    private final AdapterExports adapterExports;

    ExportsOfPaths(Exports exports, AdapterExports adapterExports) {
        this.exports = exports;
        this.adapterExports = adapterExports;
    }

    Export find(Tenant tenant, @Nullable String jobId, String exportId) {
        return jobId == null ? adapterExports.find(tenant.id(), exportId) : exports.find(tenant.id(), jobId, exportId);
    }
}
