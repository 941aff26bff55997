/** How a module says no to a client: a code, a sentence and the parameter it is about. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.service.refusal;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
