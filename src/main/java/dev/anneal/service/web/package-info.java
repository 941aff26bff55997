/** Common ground of the HTTP API: JSON rules, the error envelope, request ids and list parameters. */
@ApplicationModule(
        allowedDependencies = {"platform :: database", "platform :: paging", "platform :: refusal", "storage"})
@NullMarked
package dev.anneal.service.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
