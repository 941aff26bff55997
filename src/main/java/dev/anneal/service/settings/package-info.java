/** What a client may ask of a training: strict reading of requests, defaults, and what each {@code auto} becomes. Knows no database. */
@ApplicationModule(allowedDependencies = {"platform :: refusal", "platform :: request"})
@NullMarked
package dev.anneal.service.settings;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
