/**
 * Base models from the Hugging Face Hub, in the layout of its own cache: which revision is meant, what of it is pulled, and what is there. An existing cache is read as it is.
 */
@ApplicationModule(
        allowedDependencies = {
            "catalog",
            "platform :: database",
            "platform :: outbound",
            "platform :: refusal",
            "platform :: role"
        })
@NullMarked
package dev.anneal.service.hub;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
