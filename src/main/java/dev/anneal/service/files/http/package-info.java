/** Files over HTTP: upload, whole or in parts, list, content, deletion. */
@NullMarked
package dev.anneal.service.files.http;

import org.jspecify.annotations.NullMarked;
