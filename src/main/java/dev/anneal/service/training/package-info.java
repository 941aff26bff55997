/**
 * Fine-tuning jobs: settings, lifecycle, history, outlook, sharing and drafts of their models, and their HTTP API.
 */
@ApplicationModule(
        allowedDependencies = {
            "access :: *",
            "files",
            "files :: *",
            "models :: *",
            "platform :: *",
            "queue",
            "queue :: *",
            "storage",
            "storage :: *"
        })
@NullMarked
package dev.anneal.service.training;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
