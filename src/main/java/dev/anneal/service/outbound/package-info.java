/** HTTP to the outside: to addresses that clients name, which are filtered, and to those that the operator has configured. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.service.outbound;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
