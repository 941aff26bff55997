package dev.anneal.engine.text.data;

/**
 * Half-open range of UTF-16 units of a rendered conversation.
 *
 * @param start first unit that belongs to it
 * @param end first unit that does not
 */
record TextSpan(int start, int end) {}
