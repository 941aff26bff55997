/**
 * Pushes exports to the Hub that the operator has configured, by the protocol of huggingface_hub: large files by Git LFS, all of them in one commit. A row for each push, and a task of the
 * scheduler that makes it; what the Hub has already is not sent again.
 */
@ApplicationModule(
        allowedDependencies = {
            "export",
            "models :: hub",
            "platform :: database",
            "platform :: outbound",
            "platform :: paging",
            "platform :: refusal",
            "platform :: request",
            "platform :: role",
            "platform :: schedule",
            "queue",
            "storage"
        })
@NullMarked
package dev.anneal.service.push;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
