/**
 * Pushes exports to the Hub that the operator has configured, by the protocol of huggingface_hub: large files by Git LFS, all of them in one commit. A
 * row for each push, and a task of the scheduler that makes it; what the Hub has already is not sent again.
 */
@NullMarked
package dev.anneal.service.results.push;

import org.jspecify.annotations.NullMarked;
