package dev.anneal.engine.text.template.value;

/**
 * A name, attribute or element that does not exist. It prints as nothing, is empty and false; any other use fails with
 * its reason.
 */
public record Undefined(String reason) {}
