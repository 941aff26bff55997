package dev.anneal.engine.network.architecture;

/**
 * What layers of one model may differ in.
 *
 * @param window how many tokens a query sees, including itself; 0 for all
 * @param rotary {@link RotaryConfig#NONE} if queries and keys are not rotated
 */
public record LayerKind(int window, RotaryConfig rotary) {}
