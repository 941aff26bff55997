/** Artifacts: uploaded files, checkpoints and exports as folders and files by key, in a directory or in a bucket of S3. */
@ApplicationModule(allowedDependencies = "platform :: *")
@NullMarked
package dev.anneal.service.storage;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
