/**
 * Pushes of exports to the operator's Hub, with the protocol of huggingface_hub: large files by Git LFS, then one
 * commit of all files. Each push is a row and a scheduled task; files that the Hub already has are not sent again.
 */
package dev.anneal.service.results.push;
