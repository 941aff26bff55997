/** The first command of the README: a client of the HTTP API. */
@ApplicationModule(allowedDependencies = {})
package dev.anneal.service.demo;

import org.springframework.modulith.ApplicationModule;
