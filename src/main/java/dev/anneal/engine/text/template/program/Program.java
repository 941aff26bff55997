package dev.anneal.engine.text.template.program;

/**
 * A compiled template. Immutable.
 *
 * @param marksAssistantText whether there are generation blocks, and the place of all their texts in the output is known
 */
public record Program(Statement body, boolean marksAssistantText) {}
