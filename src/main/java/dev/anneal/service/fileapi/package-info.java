/** Files over HTTP: upload, list, content, end. */
@ApplicationModule(allowedDependencies = {"file", "paging", "quota", "refusal", "storage", "tenant", "web"})
@NullMarked
package dev.anneal.service.fileapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
