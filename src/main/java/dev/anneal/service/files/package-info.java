/** Uploaded files: upload, status, list, deletion, expiry. What their rows hold is found out by {@code service.files.check}. */
@ApplicationModule(allowedDependencies = {"access :: *", "models :: *", "platform :: *", "storage", "storage :: *"})
@NullMarked
package dev.anneal.service.files;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
