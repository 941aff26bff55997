/** Uploaded files: upload, status, list, deletion, expiry. {@code service.files.check} validates their rows. */
@ApplicationModule(allowedDependencies = {"access :: *", "models :: *", "platform :: *", "storage", "storage :: *"})
package dev.anneal.service.files;

import org.springframework.modulith.ApplicationModule;
