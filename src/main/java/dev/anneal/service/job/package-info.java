/** What clients see: fine-tuning jobs, events, metric series, checkpoints, exports, evaluations. */
@ApplicationModule(allowedDependencies = {"catalog", "database", "file", "paging", "queue", "refusal", "tenant"})
@NullMarked
package dev.anneal.service.job;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
