/** What a process of the service does: serve the API, work on jobs, generate, or several of these, or migrate the database ({@code anneal.roles}). */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.service.role;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
