/** How many answers of a model match those of a test file, or what a grader says its completions are worth. */
@ApplicationModule(
        allowedDependencies = {
            "export",
            "files",
            "inference :: grader",
            "models :: catalog",
            "platform :: database",
            "platform :: paging",
            "platform :: refusal",
            "platform :: request",
            "platform :: secret",
            "queue",
            "training :: history",
            "training :: job",
            "training :: settings",
            "training :: sharing"
        })
@NullMarked
package dev.anneal.service.evaluation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
