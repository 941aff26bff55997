/** Files that outlast a power loss: durable writes and renames, hashes, folders removed whole. JDK only. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.engine.file;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
