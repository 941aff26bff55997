/** How long what is stored is kept: intermediate checkpoints and exports by their age, and what lies in the store without a row. */
@ApplicationModule(
        allowedDependencies = {
            "export",
            "platform :: database",
            "platform :: role",
            "platform :: schedule",
            "storage",
            "storage :: installation",
            "training :: history"
        })
@NullMarked
package dev.anneal.service.retention;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
