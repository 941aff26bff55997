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
package dev.anneal.service.training;

import org.springframework.modulith.ApplicationModule;
