/** Artifacts: uploaded files, checkpoints and exports, stored by key in a directory or an S3 bucket. */
@ApplicationModule(allowedDependencies = "platform :: *")
package dev.anneal.service.storage;

import org.springframework.modulith.ApplicationModule;
