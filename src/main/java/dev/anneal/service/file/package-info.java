/** Uploaded datasets: upload, validation report, token counts, expiry. */
@ApplicationModule(allowedDependencies = {"catalog", "database", "paging", "refusal", "role", "storage"})
@NullMarked
package dev.anneal.service.file;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
