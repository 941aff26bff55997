/** What is wrong with a text that should be JSON, said in words of our own. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.engine.json;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
