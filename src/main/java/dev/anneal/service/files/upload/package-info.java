/** Uploads of files in parts, which the client finally orders into a file. */
@NullMarked
package dev.anneal.service.files.upload;

import org.jspecify.annotations.NullMarked;
