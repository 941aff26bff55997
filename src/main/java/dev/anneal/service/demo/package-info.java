/** The first command of the README: a client of the HTTP API. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.service.demo;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
