/** The worker's side of jobs: what is to be trained, and what is published about it under the queue's fence. */
@ApplicationModule(
        allowedDependencies = {"history", "job", "platform :: database", "queue", "queue :: lease", "settings"})
@NullMarked
package dev.anneal.service.training;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
