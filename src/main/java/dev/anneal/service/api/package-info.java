/** OpenAI's fine-tuning surface and our extensions over HTTP. */
@ApplicationModule(
        allowedDependencies = {"catalog", "file", "job", "paging", "queue", "refusal", "storage", "tenant", "web"})
@NullMarked
package dev.anneal.service.api;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
