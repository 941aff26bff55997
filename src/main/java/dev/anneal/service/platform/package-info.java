/**
 * What every district stands on: refusals, paging, strict request bodies, roles of a process, the database, schedules, secrets, HTTP to the outside,
 * traces and processes.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.service.platform;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
