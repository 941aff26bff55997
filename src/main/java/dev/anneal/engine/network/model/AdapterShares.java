package dev.anneal.engine.network.model;

/**
 * How non-linear an adapter is on some rows, and how much it does: means over its groups of projections.
 *
 * @param even share of the variance of phi(z) that is even in z; 0 if the adapter is linear
 * @param output norm of {@code s B phi(A x)}, which the adapter adds, divided by that of {@code W0 x}
 */
public record AdapterShares(double even, double output) {}
