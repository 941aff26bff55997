/** Settings of trainings: strict parsing of requests, defaults, and resolution of {@code auto}. No database. */
@NamedInterface
package dev.anneal.service.training.settings;

import org.springframework.modulith.NamedInterface;
