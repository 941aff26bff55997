/** What a tenant may use of the installation, and what it uses: jobs, bytes, hours of training. */
@ApplicationModule(allowedDependencies = {"platform :: database", "platform :: refusal"})
@NullMarked
package dev.anneal.service.quota;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
