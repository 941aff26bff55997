/** Retention: deletion of old checkpoints and exports, and of orphans in the artifact store. */
@NullMarked
package dev.anneal.service.operations.retention;

import org.jspecify.annotations.NullMarked;
