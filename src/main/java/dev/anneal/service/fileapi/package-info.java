/** Files over HTTP: upload, whole or in parts, list, content, end. */
@ApplicationModule(
        allowedDependencies = {
            "access :: quota",
            "access :: tenant",
            "access :: web",
            "file",
            "platform :: paging",
            "platform :: refusal",
            "platform :: request",
            "storage",
            "upload"
        })
@NullMarked
package dev.anneal.service.fileapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
