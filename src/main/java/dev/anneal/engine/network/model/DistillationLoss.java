package dev.anneal.engine.network.model;

/** Divergences of a draft's distribution q from a target's p, in the order of the program's numbers. */
public enum DistillationLoss {
    /** KL(p || q). */
    KL_DIV,
    /** KL(q || p). */
    RKL,
    /** Total variation, 1 - sum min(p, q): one minus the probability that a proposed token is accepted. */
    TV;

    int number() {
        return ordinal();
    }
}
