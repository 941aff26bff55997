/** Main class of an engine process: reads the task, runs it, and speaks the protocol. */
@ApplicationModule(
        allowedDependencies = {
            "export",
            "export :: *",
            "format :: *",
            "grade",
            "math :: *",
            "network :: *",
            "text :: *",
            "train",
            "train :: *"
        })
package dev.anneal.engine.run;

import org.springframework.modulith.ApplicationModule;
