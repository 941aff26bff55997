/** Uploads of files in parts, which the client finally orders into a file. */
package dev.anneal.service.files.upload;
