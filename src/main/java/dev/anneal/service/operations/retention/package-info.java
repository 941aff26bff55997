/** Retention: deletion of old checkpoints and exports, and of orphans in the artifact store. */
package dev.anneal.service.operations.retention;
