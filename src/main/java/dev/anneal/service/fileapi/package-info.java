/** Files over HTTP: upload, whole or in parts, list, content, end. */
@ApplicationModule(
        allowedDependencies = {
            "file",
            "platform :: paging",
            "platform :: refusal",
            "platform :: request",
            "quota",
            "storage",
            "tenant",
            "upload",
            "web"
        })
@NullMarked
package dev.anneal.service.fileapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
