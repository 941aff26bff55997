package dev.anneal.service.queue;

/**
 * What an attempt, a request or a rescue has made of work.
 *
 * @param method what was to be done
 */
public record WorkEnd(String method, WorkState state) {}
