/**
 * Generation with base and tuned models: which model a name means to a tenant, the engine process that holds models and generates, and a bound on what
 * is asked of it at a time. {@link dev.anneal.service.inference.TextGenerator} is for all of the service that needs text.
 */
@ApplicationModule(
        allowedDependencies = {
            "access :: *",
            "models :: *",
            "platform :: *",
            "queue",
            "queue :: *",
            "storage",
            "storage :: *",
            "training :: *"
        })
@NullMarked
package dev.anneal.service.inference;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
