/** What a job has done: its events, its series of steps and validations, its checkpoints. Jobs are known by their internal number. */
@ApplicationModule(allowedDependencies = {"platform :: database", "platform :: paging", "platform :: refusal"})
@NullMarked
package dev.anneal.service.history;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
