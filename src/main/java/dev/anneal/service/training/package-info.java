/** Fine-tuning jobs: their settings, life, history and outlook, the machines that train them, who may use what they made, and their HTTP API. */
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
