/** Connection pools, database roles, and the embedded PostgreSQL of an installation without a database of its own. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.service.database;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
