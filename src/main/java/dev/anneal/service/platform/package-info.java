/**
 * Foundation of all districts: refusals, paging, strict request bodies, process roles, the database, schedules,
 * secrets, outbound HTTP, traces and processes.
 */
@ApplicationModule(allowedDependencies = {})
package dev.anneal.service.platform;

import org.springframework.modulith.ApplicationModule;
