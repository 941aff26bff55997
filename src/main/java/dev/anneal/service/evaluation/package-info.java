/** How many answers of a model match those of a test file, or what a grader says its completions are worth. */
@ApplicationModule(
        allowedDependencies = {
            "catalog",
            "database",
            "export",
            "file",
            "grader",
            "history",
            "job",
            "paging",
            "queue",
            "refusal",
            "request",
            "secret",
            "settings",
            "sharing"
        })
@NullMarked
package dev.anneal.service.evaluation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
