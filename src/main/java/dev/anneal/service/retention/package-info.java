/** How long what is stored is kept: intermediate checkpoints and exports by their age, and what lies in the store without a row. */
@ApplicationModule(
        allowedDependencies = {
            "platform :: database",
            "platform :: role",
            "platform :: schedule",
            "results :: export",
            "storage",
            "storage :: installation",
            "training :: history"
        })
@NullMarked
package dev.anneal.service.retention;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
