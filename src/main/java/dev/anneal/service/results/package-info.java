/** Results of jobs: exports and their pushes to a Hub, evaluations, and the HTTP API of both. */
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
            "storage :: *",
            "training :: *"
        })
package dev.anneal.service.results;

import org.springframework.modulith.ApplicationModule;
