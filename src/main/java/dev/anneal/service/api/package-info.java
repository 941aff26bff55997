/** The description of the HTTP API, served as it is checked in: {@code openapi.yaml}. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.service.api;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
