/** Fine-tuning jobs: their settings, life, history and outlook, the machines that train them, who may use what they made, and their HTTP API. */
@ApplicationModule(
        allowedDependencies = {
            "access :: tenant",
            "access :: web",
            "files",
            "files :: check",
            "models :: catalog",
            "models :: hub",
            "platform :: database",
            "platform :: paging",
            "platform :: process",
            "platform :: refusal",
            "platform :: request",
            "platform :: role",
            "platform :: secret",
            "platform :: trace",
            "queue",
            "queue :: lease",
            "storage"
        })
@NullMarked
package dev.anneal.service.training;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
