/** Chat templates: a small Jinja interpreter over maps, lists and strings, without reflection and with bounds on time and output. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.engine.template;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
