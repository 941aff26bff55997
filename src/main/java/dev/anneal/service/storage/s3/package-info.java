/**
 * The artifact store in a bucket of S3, or of what speaks its protocol: objects by key, folders with an index that is written last, and what engine
 * processes read of it on this machine.
 */
@NullMarked
package dev.anneal.service.storage.s3;

import org.jspecify.annotations.NullMarked;
