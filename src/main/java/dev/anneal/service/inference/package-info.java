/**
 * Generation with base and tuned models: resolves model names for a tenant, runs the engine process that holds models
 * and generates, and bounds concurrent requests. {@link dev.anneal.service.inference.TextGenerator} serves every part
 * of the service that needs text.
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
package dev.anneal.service.inference;

import org.springframework.modulith.ApplicationModule;
