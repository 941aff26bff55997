package dev.anneal.service.settings;

/**
 * What of an engine process's set-up decides how much memory it takes.
 *
 * @param valueBytes bytes of a frozen weight or an activation: 2 in bf16, 4 in fp32
 * @param threads compute threads, each with a micro-batch of its own
 * @param heapBytes limit of the Java heap
 */
public record EngineSetup(int valueBytes, int threads, long heapBytes) {}
