/** Files over HTTP: upload, whole or in parts, list, content, end. */
@ApplicationModule(
        allowedDependencies = {"file", "paging", "quota", "refusal", "request", "storage", "tenant", "upload", "web"})
@NullMarked
package dev.anneal.service.fileapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
