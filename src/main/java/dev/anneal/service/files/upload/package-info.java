/** Files that arrive in parts, within an hour: the parts are kept until the client says in which order they are a file. */
@NullMarked
package dev.anneal.service.files.upload;

import org.jspecify.annotations.NullMarked;
