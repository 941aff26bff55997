/** The supervisor: claims work, runs it in an engine process, keeps the lease, publishes results. */
@ApplicationModule(allowedDependencies = {"catalog", "file", "job", "metrics", "process", "queue", "role", "storage"})
@NullMarked
package dev.anneal.service.worker;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
