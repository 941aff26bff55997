/** Administration over HTTP, as OpenAI's {@code /v1/organization}: projects and their keys, keys of administrators, the audit log. */
@ApplicationModule(
        allowedDependencies = {
            "audit",
            "platform :: paging",
            "platform :: refusal",
            "platform :: request",
            "tenant",
            "web"
        })
@NullMarked
package dev.anneal.service.adminapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
