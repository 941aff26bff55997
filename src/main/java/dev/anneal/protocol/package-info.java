/**
 * What crosses between the service and a job's process: the task as a file, progress as JSON lines on standard output,
 * commands and requests as lines on standard input, and exit codes. Plain records; depends on neither side.
 */
package dev.anneal.protocol;
