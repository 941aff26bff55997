/**
 * The artifact store in a bucket of S3 or of a server with its protocol, and its cache on this machine for engine
 * processes.
 */
package dev.anneal.service.storage.s3;
