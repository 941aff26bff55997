/**
 * Foundation of all districts: refusals, paging, strict request bodies, process roles, the database, schedules,
 * secrets, outbound HTTP, traces and processes.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.service.platform;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
