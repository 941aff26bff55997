/** Files that arrive in parts, within an hour: the parts are kept until the client says in which order they are a file. */
@ApplicationModule(allowedDependencies = {"database", "file", "quota", "refusal", "role", "storage"})
@NullMarked
package dev.anneal.service.upload;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
