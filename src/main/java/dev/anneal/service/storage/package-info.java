/** Uploaded files, checkpoints and exports as folders and files by key. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.service.storage;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
