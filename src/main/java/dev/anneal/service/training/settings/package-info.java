/** Settings of trainings: strict parsing of requests, defaults, and resolution of {@code auto}. No database. */
@NamedInterface
@NullMarked
package dev.anneal.service.training.settings;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
